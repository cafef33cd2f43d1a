import { types } from 'node:util';
import { type ContractClass, type MessageOf, optionsOf } from '../contract.ts';
import { ContractDefinitionError } from '../error.ts';

/** How the message of one major becomes that of a newer one. */
export interface Upcaster {
  readonly from: ContractClass;
  readonly convert: (message: object) => unknown;
}

const upcasters = new WeakMap<object, Upcaster>();

/**
 * Makes a static method of a contract the way from an older major of it to this one: whoever consumes this contract
 * then takes the older one too, and gets it converted. The method is a pure function and not async. It gets a valid
 * message of the older major, unknown fields included, and returns a valid one of this; a message for which it throws,
 * or returns anything else, is set aside as `upcast-failed`. A contract has one upcaster; several majors are a chain of
 * them.
 * @throws ContractDefinitionError when there is another one already, or it is async
 */
export function Upcast<From extends object>(
  from: ContractClass<From>,
): <To extends ContractClass, Method extends (message: From) => MessageOf<To>>(
  target: To,
  method: string,
  descriptor: TypedPropertyDescriptor<Method>,
) => void {
  return (target, method, { value }) => {
    const wrong = (problem: string): never => {
      throw new ContractDefinitionError(target.name ?? String(target), `@Upcast ${method} ${problem}`);
    };
    if (typeof target !== 'function') wrong('is not static');
    if (typeof value !== 'function') wrong('is no method');
    if (types.isAsyncFunction(value)) wrong('is async: a message is converted by what it holds alone');
    if (upcasters.has(target)) wrong('is a second one: a contract has one; chain them for several majors');
    const convert = value as unknown as (message: object) => unknown;
    upcasters.set(target, { from, convert: (message) => convert.call(target, message) });
  };
}

/**
 * The upcaster of a contract, if it has one.
 * @throws ContractDefinitionError when what it converts is no older major of the contract
 */
export function upcasterOf(cls: ContractClass): Upcaster | undefined {
  const upcaster = upcasters.get(cls);
  if (upcaster === undefined) return undefined;
  const to = optionsOf(cls);
  const from = optionsOf(upcaster.from);
  const name = upcaster.from?.name ?? String(upcaster.from);
  if (from === undefined)
    throw new ContractDefinitionError(cls.name, `@Upcast(${name}): it has no @Contract`);
  if (from.type !== to?.type || from.kind !== to.kind || from.version >= to.version) {
    const problem = `@Upcast(${name}): ${from.kind} ${from.type}.v${from.version} is no older major of it`;
    throw new ContractDefinitionError(cls.name, problem);
  }
  return upcaster;
}
