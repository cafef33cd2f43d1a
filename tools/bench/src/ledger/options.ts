import { parseArgs } from 'node:util';
import type { Asked } from '../run.ts';

export const USAGE = `Measures the ledger: how fast it reads a recorded stream, how soon it answers, and what it costs.

  --messages <numbers>    sizes of the recorded stream, such as 1000000,3000000,10000000 (default 1000000)
  --store <name>          sqlite, or postgres: one of its own, thrown away afterwards (default sqlite)
  --rounds <number>       runs of the chain without and with a ledger, interleaved (default 3)
  --quick                 few messages: shows that the bench works, its figures mean nothing
  --json                  one JSON document instead of the tables
  --help                  this text`;

export const STORES = ['sqlite', 'postgres'] as const;

export type StoreKind = (typeof STORES)[number];

/** How much is measured. */
export interface LedgerPlan {
  /** Messages in the recorded stream, ascending: the ledger is built anew at each size. */
  readonly sizes: readonly number[];
  readonly store: StoreKind;
  /** Keys that are asked for at each size, one after the other. */
  readonly lookups: number;
  readonly rounds: number;
  /** Orders in a run of the chain. */
  readonly orders: number;
  /** The live part: so many messages a second, for so many seconds. */
  readonly messagesPerSecond: number;
  readonly liveSeconds: number;
  /** Orders that wait for a step that does not run. */
  readonly queue: number;
}

const FULL: LedgerPlan = {
  sizes: [1_000_000],
  store: 'sqlite',
  lookups: 2_000,
  rounds: 3,
  orders: 30_000,
  messagesPerSecond: 5_000,
  liveSeconds: 20,
  queue: 1_000_000,
};
const QUICK: LedgerPlan = {
  ...FULL,
  sizes: [2_000, 4_000],
  lookups: 20,
  rounds: 1,
  orders: 500,
  messagesPerSecond: 400,
  liveSeconds: 1,
  queue: 1_000,
};
const MOST_MESSAGES = 100_000_000;

/** What the command line asks for; a string says what is wrong with it. */
export function readOptions(args: string[]): Asked<LedgerPlan> | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        messages: { type: 'string' },
        store: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const plan = values.quick ? QUICK : FULL;
    const sizes = values.messages?.split(',').map(Number) ?? plan.sizes;
    if (!sizes.every(isSize))
      return `--messages ${values.messages} is no list of whole numbers from 100 to ${MOST_MESSAGES}.`;
    const store = STORES.find((name) => name === (values.store ?? plan.store));
    if (store === undefined) return `--store ${values.store} is none of ${STORES.join(', ')}.`;
    const rounds = Number(values.rounds ?? plan.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      return `--rounds ${values.rounds} is no whole number from 1.`;
    const ascending = [...new Set(sizes)].sort((a, b) => a - b);
    return { help: values.help, json: values.json, plan: { ...plan, sizes: ascending, store, rounds } };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isSize(messages: number): boolean {
  return Number.isInteger(messages) && messages >= 100 && messages <= MOST_MESSAGES;
}
