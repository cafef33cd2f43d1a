import { parseArgs } from 'node:util';
import type { Asked } from '../run.ts';
import type { WaitingPlan } from './waiting.ts';

export const USAGE = `Measures what each model costs: the same three pieces of work for an order, choreographed, orchestrated and by
request and reply, on one nats-server; then orchestrations that wait, and fan-outs.

  --rounds <number>  measurements of each model, interleaved (default 5)
  --only <part>      models, waiting or fan-outs
  --quick            few messages: shows that the bench works, its figures mean nothing
  --json             one JSON document instead of the tables
  --help             this text`;

export const PARTS = ['models', 'waiting', 'fan-outs'] as const;
export type Part = (typeof PARTS)[number];

/** How much is measured. */
export interface ModelsPlan {
  readonly parts: readonly Part[];
  readonly rounds: number;
  /** Orders in a measurement of throughput. */
  readonly orders: number;
  /** Orders that each model has done before anything is measured. */
  readonly warmUpOrders: number;
  /** Orders in a measurement of latency. */
  readonly latencyOrders: number;
  readonly ordersPerSecond: number;
  readonly waiting: WaitingPlan;
  readonly fanOuts: {
    readonly sizes: readonly [small: number, large: number];
    /** Branches in a measurement. */
    readonly branches: number;
  };
}

const FULL: ModelsPlan = {
  parts: PARTS,
  rounds: 5,
  orders: 10_000,
  warmUpOrders: 5_000,
  latencyOrders: 1_000,
  ordersPerSecond: 100,
  waiting: { waiting: 100_000, answered: 1_000, answersPerSecond: 100, orders: 10_000 },
  fanOuts: { sizes: [100, 1_000], branches: 20_000 },
};
const QUICK: ModelsPlan = {
  ...FULL,
  rounds: 2,
  orders: 200,
  warmUpOrders: 50,
  latencyOrders: 10,
  waiting: { waiting: 500, answered: 150, answersPerSecond: 200, orders: 100 },
  fanOuts: { sizes: [5, 20], branches: 100 },
};

/** What the command line asks for; a string says what is wrong with it. */
export function readOptions(args: string[]): Asked<ModelsPlan> | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string' },
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const plan = values.quick ? QUICK : FULL;
    const rounds = Number(values.rounds ?? plan.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      return `--rounds ${values.rounds} is no whole number from 1.`;
    const parts = PARTS.filter((part) => part === (values.only ?? part));
    if (parts.length === 0) return `--only ${values.only} is none of ${PARTS.join(', ')}.`;
    return { help: values.help, json: values.json, plan: { ...plan, rounds, parts } };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
