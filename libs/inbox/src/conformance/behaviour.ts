import type { Database } from '../database/database.ts';
import { Stage } from './stage.ts';

/** One thing that an inbox promises whatever database it has. */
export interface Behaviour {
  /** As a statement: `commits what a handler writes, what it says, and that it did together`. */
  readonly name: string;
  /** Rejects when it does not hold. */
  check(): Promise<void>;
}

/** Gives the database that is checked. */
export type Open = () => Promise<Database>;

/** Each check has an app of its own in the database. */
export function behaviour(open: Open, name: string, check: (stage: Stage) => Promise<void>): Behaviour {
  return { name, check: async () => check(await Stage.on(await open())) };
}
