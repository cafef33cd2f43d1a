import { type ContractClass, type ContractKind, isContract, optionsOf } from './contract.ts';
import { ContractDefinitionError } from './error.ts';
import { upcasterOf } from './evolution/upcast.ts';
import type { JsonSchema } from './json-schema.ts';
import { keysIn } from './masking/keys.ts';
import type { Mask } from './masking/mask.ts';
import { compile, type Enforcement } from './validator.ts';
import type { Violation } from './violation.ts';

/** A contract, read from its class once and ready to check messages. */
export interface CompiledContract<T extends object = object> {
  readonly class: ContractClass<T>;
  /** `order.placed` */
  readonly type: string;
  /** The part of the type before the dot: `order`. */
  readonly domain: string;
  /** The part of the type after the dot: `placed`. */
  readonly name: string;
  /** Major version, from 1. */
  readonly version: number;
  /** `order.placed.v1`: the CloudEvents `type` on the wire. */
  readonly id: string;
  /** `urn:troupe:contract:order.placed:v1`: the CloudEvents `dataschema`. */
  readonly dataschema: string;
  readonly kind: ContractKind;
  readonly owner: string;
  readonly description?: string;
  /** The field that orders messages; absent: the flow id does. */
  readonly partitionKey?: string;
  /** `class-validator` when a decorator of the class is outside the table of docs/reference/contracts.md. */
  readonly enforcement: Enforcement;
  /** Why the class is not compiled: one sentence per decorator. Empty when it is. */
  readonly fallbackReasons: readonly string[];
  /** JSON Schema 2020-12, closed: what the owner may send. */
  readonly producedSchema: JsonSchema;
  /** JSON Schema 2020-12, open: what a consumer takes. Unknown fields are kept. */
  readonly acceptedSchema: JsonSchema;
  /** Keeps sensitive fields out of what people read. */
  readonly mask: Mask;
  /** Fields that the business looks for, as paths of names: `/orderId`. Arrays are looked through, `*` is any name. */
  readonly businessKeys: readonly string[];
  /** The first value of each business key that the data has, as text, by path: `{ '/orderId': 'o-1001' }`. */
  businessKeysOf(data: object): Readonly<Record<string, string>>;
  /** Every violation of the closed schema; the empty constant when valid. Never throws. */
  violationsOfProduced(value: unknown): readonly Violation[];
  /** Every violation of the open schema; the empty constant when valid. Never throws. */
  violationsOfAccepted(value: unknown): readonly Violation[];
  /** Gives the fields that an accepted value lacks their defaults, in the value itself. */
  fillDefaults(value: object): void;
}

const compiled = new WeakMap<ContractClass, CompiledContract>();
const claims = new Map<string, ContractClass>();

/**
 * The compiled contract of a class: compiled at the first call, cached from then on.
 * @throws ContractDefinitionError when the class is no contract, or one that cannot be enforced.
 */
export function contractOf<T extends object>(cls: ContractClass<T>): CompiledContract<T> {
  const known = compiled.get(cls);
  if (known) return known as CompiledContract<T>;
  const contract = build(cls);
  compiled.set(cls, contract as unknown as CompiledContract);
  return contract;
}

function build<T extends object>(cls: ContractClass<T>): CompiledContract<T> {
  const options = isContract(cls) ? optionsOf(cls) : undefined;
  if (!options) throw new ContractDefinitionError(cls?.name ?? String(cls), 'has no @Contract');
  const id = `${options.type}.v${options.version}`;
  const dataschema = `urn:troupe:contract:${options.type}:v${options.version}`;
  const validator = compile(cls, {
    $id: dataschema,
    title: id,
    ...(options.description && { description: options.description }),
  });
  if (options.partitionKey !== undefined && !validator.fields.includes(options.partitionKey)) {
    throw new ContractDefinitionError(cls.name, `partitionKey names no field of it: ${options.partitionKey}`);
  }
  upcasterOf(cls); // refuses one that could never be called
  if (options.partitionKey !== undefined && validator.mask.paths.includes(`/${options.partitionKey}`)) {
    throw new ContractDefinitionError(
      cls.name,
      `partitionKey names the sensitive field ${options.partitionKey}, whose value would stand in a header`,
    );
  }
  claim(id, cls);
  const [domain = '', name = ''] = options.type.split('.');
  return Object.freeze({
    ...options,
    class: cls,
    domain,
    name,
    id,
    dataschema,
    enforcement: validator.enforcement,
    fallbackReasons: validator.fallbackReasons,
    producedSchema: validator.closed.schema,
    acceptedSchema: validator.open.schema,
    mask: validator.mask,
    businessKeys: validator.businessKeys,
    businessKeysOf: (data: object) => keysIn(data, validator.businessKeys),
    fillDefaults: validator.fillDefaults,
    violationsOfProduced: validator.closed.violations,
    violationsOfAccepted: validator.open.violations,
  });
}

function claim(id: string, cls: ContractClass): void {
  const holder = claims.get(id);
  if (holder && holder !== cls) {
    throw new ContractDefinitionError(
      cls.name,
      `${id} is described by another class already, ${holder.name}`,
    );
  }
  claims.set(id, cls);
}
