import { type CompiledContract, contractOf } from '../compiled-contract.ts';
import type { ContractClass } from '../contract.ts';
import { UpcastError } from '../error.ts';
import { type Upcaster, upcasterOf } from './upcast.ts';

/** A contract that a consumer takes: one that it names, or an older major of one. */
export interface AcceptedContract {
  /** As the message comes. */
  readonly contract: CompiledContract;
  /** As the handler gets it: the same contract, or a newer major. */
  readonly target: CompiledContract;
  /**
   * The message as an instance of `target`, defaults filled in. It must keep `contract`, and is the caller's to give away.
   * @throws UpcastError when an upcaster throws, or what it returns breaks its contract
   */
  read(message: object): object;
}

/** One upcaster, compiled. */
interface Conversion {
  readonly from: CompiledContract;
  readonly to: CompiledContract;
  readonly convert: Upcaster['convert'];
}

/**
 * All that a consumer of these contracts takes, newer majors first. A major that several of them could be made from
 * becomes the oldest of those: the one that needs the least conversion.
 * @throws ContractDefinitionError when a contract or an upcaster cannot work
 */
export function acceptedBy(consumed: readonly ContractClass[]): AcceptedContract[] {
  const targets = consumed.map((cls) => contractOf(cls) as CompiledContract);
  const taken = new Map<string, AcceptedContract>(
    targets.map((target) => [target.id, accepted(target, target, [])]),
  );
  for (const target of targets.toSorted((a, b) => a.version - b.version)) {
    const conversions: Conversion[] = [];
    for (let to = target; ; ) {
      const upcaster = upcasterOf(to.class);
      if (upcaster === undefined) break;
      const from = contractOf(upcaster.from) as CompiledContract;
      if (taken.has(from.id)) break;
      conversions.unshift({ from, to, convert: upcaster.convert });
      taken.set(from.id, accepted(from, target, [...conversions]));
      to = from;
    }
  }
  return [...taken.values()].sort((a, b) => b.contract.version - a.contract.version);
}

function accepted(
  contract: CompiledContract,
  target: CompiledContract,
  conversions: readonly Conversion[],
): AcceptedContract {
  const read = (message: object): object => {
    contract.fillDefaults(message);
    return conversions.reduce(converted, Object.setPrototypeOf(message, contract.class.prototype) as object);
  };
  return Object.freeze({ contract, target, read });
}

/** Each step of the way is checked, so that the error names the upcaster that is wrong. */
function converted(message: object, { from, to, convert }: Conversion): object {
  let result: unknown;
  try {
    result = convert(message);
  } catch (cause) {
    throw new UpcastError(from.id, to.id, undefined, cause);
  }
  const violations = isThenable(result) ? PROMISED : to.violationsOfAccepted(result);
  if (violations.length > 0) throw new UpcastError(from.id, to.id, violations);
  // A copy: what a function returns may be frozen, or be returned again.
  const copy = Object.assign(Object.create(to.class.prototype), result) as object;
  try {
    to.fillDefaults(copy);
  } catch (cause) {
    throw new UpcastError(from.id, to.id, undefined, cause); // a part of it is frozen
  }
  return copy;
}

const PROMISED = [
  { path: '', rule: 'isObject', message: 'an upcaster returns a message, and no promise of one' },
];

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
