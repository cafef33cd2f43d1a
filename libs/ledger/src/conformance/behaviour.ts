import type { Database } from '../store/database.ts';
import { Stage } from './stage.ts';

/** One thing that a store promises whatever database it has. */
export interface Behaviour {
  /** As a statement: `keeps a message, and finds its flow by id`. */
  readonly name: string;
  /** Rejects when it does not hold. */
  check(): Promise<void>;
}

/** Gives a database that nobody else uses; it may hold what earlier checks left. */
export type Open = () => Promise<Database>;

/** Each check begins with an empty store, and closes its database. */
export function behaviour(open: Open, name: string, check: (stage: Stage) => Promise<void>): Behaviour {
  return {
    name,
    check: async () => {
      const stage = await Stage.on(await open());
      try {
        await check(stage);
      } finally {
        await stage.store.close();
      }
    },
  };
}
