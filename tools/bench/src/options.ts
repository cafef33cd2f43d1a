import { parseArgs } from 'node:util';
import type { Asked } from './run.ts';

export const USAGE = `Measures a chain of three steps: the runtime against two bare nats.js loops on one nats-server.

  --rounds <number>       measurements of each variant, interleaved (default 5)
  --sync-interval <time>  how often the server syncs to disk; always: each message before its PubAck (default 2m)
  --quick                 few messages: shows that the bench works, its figures mean nothing
  --json                  one JSON document instead of the table
  --help                  this text`;

/** How much is measured. */
export interface Plan {
  readonly rounds: number;
  /** Orders in a measurement of throughput. */
  readonly orders: number;
  /** Orders that each chain passes before anything is measured. */
  readonly warmUpOrders: number;
  /** Orders in a measurement of latency. */
  readonly latencyOrders: number;
  readonly ordersPerSecond: number;
  /** How often the server syncs to disk: its `sync_interval`. */
  readonly syncInterval: string;
}

const FULL: Plan = {
  rounds: 5,
  orders: 30_000,
  warmUpOrders: 30_000,
  latencyOrders: 1_000,
  ordersPerSecond: 100,
  syncInterval: '2m',
};
const QUICK: Plan = { ...FULL, rounds: 3, orders: 500, warmUpOrders: 100, latencyOrders: 20 };

/** What the command line asks for; a string says what is wrong with it. */
export function readOptions(args: string[]): Asked<Plan> | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string' },
        'sync-interval': { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const plan = values.quick ? QUICK : FULL;
    const rounds = Number(values.rounds ?? plan.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      return `--rounds ${values.rounds} is no whole number from 1.`;
    const syncInterval = values['sync-interval'] ?? plan.syncInterval;
    if (syncInterval !== 'always' && !/^\d{1,6}(ms|s|m|h)$/.test(syncInterval))
      return `--sync-interval ${syncInterval} is neither always nor a time as 500ms, 10s or 2m.`;
    return { help: values.help, json: values.json, plan: { ...plan, rounds, syncInterval } };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
