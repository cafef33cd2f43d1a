import type { DeclaredStep } from '@troupe/ledger';
import type { Choreography } from './choreography.ts';

/** A choreography, asked by contract. */
export interface Routes {
  /** Apps that send it outside of steps, and steps that emit it. */
  readonly senders: (contract: string) => readonly string[];
  /** Steps that consume it. */
  readonly takers: (contract: string) => readonly DeclaredStep[];
}

export function routesOf({ apps }: Choreography): Routes {
  const senders = new Map<string, string[]>();
  const takers = new Map<string, DeclaredStep[]>();
  for (const { app, produces, steps } of apps) {
    for (const id of produces) add(senders, id, app);
    for (const step of steps) {
      for (const id of step.emits) add(senders, id, step.step);
      for (const id of step.consumes) add(takers, id, step);
    }
  }
  return { senders: (id) => senders.get(id) ?? [], takers: (id) => takers.get(id) ?? [] };
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
