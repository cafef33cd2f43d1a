import 'reflect-metadata';
import type { ContractClass } from '@troupe/contract';

/** What `@Flow` takes. */
export interface FlowOptions {
  /** The event that opens the flow; the app sends it. A flow has no other name. */
  readonly starts: ContractClass;
  /** The events that complete it, at least one: whichever comes ends the path that it is on. */
  readonly ends: readonly ContractClass[];
  /** How long it may take from its start to an end: `30m`, `2h`, `2d`. Default: no limit. */
  readonly within?: string;
}

const METADATA = Symbol.for('troupe:flows');

/**
 * Declares a flow, on a provider, a controller or a module of the app that opens it; several on one class are several
 * flows. It changes nothing in the path of messages: it says what is to come of the event, so that `troupe graph` can
 * prove that every path gets there.
 */
export function Flow(options: FlowOptions): ClassDecorator {
  return (target) => {
    // Decorators are applied from the last line to the first.
    Reflect.defineMetadata(METADATA, [options, ...declaredFlows(target)], target);
  };
}

/** What `@Flow` was given at the class itself, from the first line to the last. */
export function declaredFlows(cls: object): readonly FlowOptions[] {
  return (Reflect.getOwnMetadata(METADATA, cls) as readonly FlowOptions[] | undefined) ?? [];
}
