import { isDeepStrictEqual } from 'node:util';
import { acceptedBy, type ContractClass, ContractViolationError, type MessageOf } from '@troupe/contract';

/**
 * Converts examples of an older major as a step does that consumes `to`, through all upcasters between, and gives the
 * results. Each is tried twice on an input that cannot be changed: an upcaster is a pure function.
 * @throws ContractViolationError when an example is no valid message of `from`
 * @throws UpcastError when an upcaster throws, writes to its input, or returns what breaks the contract
 * @throws Error when `to` does not take `from`, or an upcaster gives another result the second time
 */
export function upcastExamples<From extends ContractClass, To extends ContractClass>(
  from: From,
  to: To,
  examples: readonly MessageOf<From>[],
): MessageOf<To>[] {
  const accepted = acceptedBy([to]).find(({ contract }) => contract.class === from);
  if (accepted === undefined)
    throw new Error(`${to.name} has no @Upcast from ${from.name}, nor a chain of them.`);
  const { contract, target, read } = accepted;
  const convert = (example: object): object => {
    const message: object = JSON.parse(JSON.stringify(example));
    const violations = contract.violationsOfAccepted(message);
    if (violations.length > 0) throw new ContractViolationError(contract.id, violations);
    return read(frozen(Object.setPrototypeOf(message, from.prototype) as object));
  };
  const first = examples.map(convert);
  letTheClockGoOn();
  examples.forEach((example, i) => {
    if (isDeepStrictEqual(convert(example), first[i])) return;
    throw new Error(
      `Example ${i} of ${contract.id} became another ${target.id} the second time: an upcaster is a pure function.`,
    );
  });
  return first as MessageOf<To>[];
}

function frozen<T extends object>(value: T): T {
  for (const item of Object.values(value)) if (typeof item === 'object' && item !== null) frozen(item);
  return Object.freeze(value);
}

/** To the next millisecond: within one, a function that reads the clock looks pure. */
function letTheClockGoOn(): void {
  for (const start = Date.now(); Date.now() === start; );
}
