import type { ContractClass } from '@troupe/contract';
import type { EventObject, MachineContext } from 'xstate';
import type { ActionGiven, Branch, DispatchOptions, FanOutOptions } from './actions.ts';
import type { HandOffOptions } from './hand-off.ts';

type AnyGiven = ActionGiven<MachineContext, EventObject>;
/** Options whose functions were checked where they were written. */
export type AnyDispatchOptions = DispatchOptions<MachineContext, readonly ContractClass[], ContractClass>;
export type AnyFanOutOptions = FanOutOptions<
  MachineContext,
  ContractClass,
  readonly ContractClass[],
  ContractClass
>;
export type AnyHandOffOptions = HandOffOptions<MachineContext, readonly ContractClass[], ContractClass>;

/** What an action of the machine asks the orchestration to do. */
export type Intent =
  | {
      readonly kind: 'dispatch';
      readonly command: ContractClass;
      data(given: AnyGiven): object;
      readonly options: AnyDispatchOptions;
    }
  | {
      readonly kind: 'fanOut';
      readonly name: string;
      branches(given: AnyGiven): readonly Branch<object>[];
      readonly options: AnyFanOutOptions;
    }
  | {
      readonly kind: 'handOff';
      readonly contract: ContractClass;
      data(given: AnyGiven): object | readonly object[];
      readonly options: AnyHandOffOptions;
    }
  | {
      readonly kind: 'emit';
      readonly contract: ContractClass;
      data(given: AnyGiven): object;
      readonly key: ((given: AnyGiven) => string) | undefined;
    }
  | { readonly kind: 'compensate' };

const INTENT = Symbol.for('troupe:intent');

/** What a function asks for that an action of this library is; undefined for another one. */
export function intentOf(value: unknown): Intent | undefined {
  return typeof value === 'function' ? (value as { [INTENT]?: Intent })[INTENT] : undefined;
}

/** XState has its actions typed by what they are used in, and this one runs nothing. */
export function action<Action>(intent: unknown): Action {
  return Object.assign(() => {}, { [INTENT]: intent }) as Action;
}
