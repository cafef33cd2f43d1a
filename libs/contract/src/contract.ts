import { ContractDefinitionError } from './error.ts';

/** A class that describes one message. Its instances are plain data: fields, no behaviour. */
export type ContractClass<T extends object = object> = new () => T;

/** The message a contract class describes. */
export type MessageOf<C> = C extends ContractClass<infer T> ? T : never;

/** What a contract is for: a fact that any number of steps consume, or an instruction that exactly one handles. */
export type ContractKind = 'event' | 'command';

/** What `@Contract` takes. */
export interface ContractOptions {
  /** `<domain>.<name>`, each `[a-z][a-z0-9-]*`; events in the past tense: `order.placed`. */
  readonly type: string;
  /** Major version, from 1. Within it only compatible change is allowed. */
  readonly version: number;
  readonly kind: ContractKind;
  /** The app that emits it (an event) or handles it (a command). */
  readonly owner: string;
  /** One sentence for the generated documents. */
  readonly description?: string;
  /** The field whose value orders messages (CloudEvents `partitionkey`). Default: the flow id. */
  readonly partitionKey?: string;
}

const declared = new WeakMap<object, ContractOptions>();

/**
 * Makes a class-validator DTO class a contract. A subclass does not inherit it.
 * @throws ContractDefinitionError when the options are wrong.
 */
export function Contract(options: ContractOptions): (target: ContractClass) => void {
  return (target) => {
    const problem = problemOf(options);
    if (problem) throw new ContractDefinitionError(target.name, problem);
    declared.set(target, Object.freeze({ ...options }));
  };
}

/** Whether the class itself carries `@Contract`. */
export function isContract(cls: unknown): cls is ContractClass {
  return typeof cls === 'function' && declared.has(cls);
}

/** What `@Contract` was given, or undefined for another class. */
export function optionsOf(cls: ContractClass): ContractOptions | undefined {
  return declared.get(cls);
}

function problemOf({ type, version, kind, owner }: ContractOptions): string | undefined {
  if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(type)) {
    return `type ${JSON.stringify(type)} is not <domain>.<name> in lower case, as in order.placed`;
  }
  if (!Number.isSafeInteger(version) || version < 1) return `version ${version} is not a whole number from 1`;
  if (kind !== 'event' && kind !== 'command')
    return `kind ${JSON.stringify(kind)} is neither event nor command`;
  if (typeof owner !== 'string' || !owner) return 'owner is empty; name the app that emits or handles it';
  return undefined;
}
