import { cpus } from 'node:os';
import { atLeast, atMost, cell, type Goal, goalLines } from '../goal.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { aligned } from '../table.ts';
import type { FanOut } from './fan-out.ts';
import type { Measured, Measurements } from './measure.ts';
import { HOPS, MODELS, type Model } from './model.ts';
import type { ModelsPlan } from './options.ts';
import type { Waiting } from './waiting.ts';

/** What a run found, as `--json` prints it. */
export interface ModelsReport {
  readonly machine: { readonly cores: number; readonly cpu: string; readonly node: string };
  readonly plan: ModelsPlan;
  readonly models?: Record<Model, ModelFigures>;
  readonly fanOuts?: Readonly<Record<string, FanOutFigures>>;
  readonly waiting?: Waiting;
  readonly goals: readonly Goal[];
}

/** One model's figures over all rounds. */
export interface ModelFigures {
  readonly flowsPerSecond: Spread;
  /** Messages handled by a step, or requests answered. */
  readonly hopsPerSecond: Spread;
  /** CPU time per flow, in µs; of the server null where the system does not tell. */
  readonly appMicros: Spread;
  readonly serverMicros: Spread | null;
  readonly writes: Spread;
  /** From the order to its end, in ms. */
  readonly p50: Spread;
  readonly p99: Spread;
}

/** µs for each branch. */
export interface FanOutFigures {
  readonly micros: Spread;
  readonly appMicros: Spread;
  readonly serverMicros: Spread | null;
}

export function reportOf(plan: ModelsPlan, { models, fanOuts, waiting }: Measured): ModelsReport {
  const [cpu] = cpus();
  const figures = models && {
    choreographed: figuresOf('choreographed', models.choreographed),
    orchestrated: figuresOf('orchestrated', models.orchestrated),
    'by-hand': figuresOf('by-hand', models['by-hand']),
    'request-reply': figuresOf('request-reply', models['request-reply']),
  };
  const branches = fanOuts && new Map([...fanOuts].map(([size, all]) => [size, fanOutFiguresOf(all)]));
  return {
    machine: { cores: cpus().length, cpu: cpu?.model ?? 'unknown', node: process.version },
    plan,
    ...(figures && { models: figures }),
    ...(branches && { fanOuts: Object.fromEntries(branches) }),
    ...(waiting && { waiting }),
    goals: [
      ...(figures ? modelGoals(figures) : []),
      ...(branches ? fanOutGoals([...branches.values()]) : []),
      ...(waiting ? waitingGoals(waiting) : []),
    ],
  };
}

/** The report for people. */
export function tablesOf({ machine, plan, models, fanOuts, waiting, goals }: ModelsReport): string {
  return [
    `${machine.cores} cores (${machine.cpu}), Node ${machine.node}.`,
    ...(models || fanOuts ? [`Models and fan-outs: median (min–max) of ${plan.rounds} rounds.`] : []),
    ...(models ? modelLines(plan, models) : []),
    ...(fanOuts ? fanOutLines(fanOuts) : []),
    ...(waiting ? waitingLines(plan, waiting) : []),
    '',
    ...goalLines(goals),
  ].join('\n');
}

function modelLines(
  { orders, latencyOrders, ordersPerSecond }: ModelsPlan,
  models: Record<Model, ModelFigures>,
): string[] {
  const rows = MODELS.map((model) => {
    const { flowsPerSecond, hopsPerSecond, appMicros, serverMicros, writes, p50, p99 } = models[model];
    return [
      model,
      cell(flowsPerSecond, 0),
      cell(hopsPerSecond, 0),
      cell(appMicros, 0),
      serverMicros === null ? 'not available' : cell(serverMicros, 0),
      writes.median.toFixed(1),
      cell(p50, 2),
      cell(p99, 2),
    ];
  });
  const head = [
    '',
    'flows/s',
    'hops/s',
    'app CPU µs/flow',
    'server CPU µs/flow',
    'writes/flow',
    'p50 ms',
    'p99 ms',
  ];
  return [
    `Throughput: ${orders} orders. Latency: ${latencyOrders} orders at ${ordersPerSecond}/s.`,
    '',
    ...aligned([head, ...rows]),
  ];
}

function fanOutLines(fanOuts: Readonly<Record<string, FanOutFigures>>): string[] {
  const rows = Object.entries(fanOuts).map(([size, { micros, appMicros, serverMicros }]) => [
    `fan-outs of ${size}`,
    cell(micros, 1),
    cell(appMicros, 1),
    serverMicros === null ? 'not available' : cell(serverMicros, 1),
  ]);
  return ['', ...aligned([['', 'µs/branch', 'app CPU µs/branch', 'server CPU µs/branch'], ...rows])];
}

function waitingLines({ waiting: { waiting: count, answered } }: ModelsPlan, waiting: Waiting): string[] {
  const { begunPerSecond, rssBefore, rssWhile, finishing, ordersBefore, ordersWhile } = waiting;
  const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  return [
    '',
    ...aligned([
      [
        `${count} waiting`,
        `${mb(rssWhile)} in the app, ${mb(rssBefore)} before; begun at ${Math.round(begunPerSecond)}/s`,
      ],
      [
        `${answered} of them finish`,
        `p50 ${finishing.p50.toFixed(2)} ms, p99 ${finishing.p99.toFixed(2)} ms after the answer`,
      ],
      ['orders meanwhile', `${Math.round(ordersWhile)} flows/s, ${Math.round(ordersBefore)} before`],
    ]),
  ];
}

function modelGoals({ choreographed, orchestrated }: Record<Model, ModelFigures>): Goal[] {
  const ratio = orchestrated.flowsPerSecond.median / choreographed.flowsPerSecond.median;
  return [atLeast('flows/s, orchestrated / choreographed', ratio, 0.3)];
}

function fanOutGoals([small, large]: readonly FanOutFigures[]): Goal[] {
  if (small === undefined || large === undefined) return [];
  return [atMost('µs a branch, large / small fan-outs', large.micros.median / small.micros.median, 1.2)];
}

function waitingGoals({ rssWhile, ordersBefore, ordersWhile }: Waiting): Goal[] {
  return [
    atMost('MB of the app while they wait', rssWhile / 1e6, 600),
    atLeast('orders/s, while they wait / before', ordersWhile / ordersBefore, 0.9),
  ];
}

function figuresOf(model: Model, { throughput, latency }: Measurements): ModelFigures {
  const server = throughput.flatMap(({ serverMicros }) => serverMicros ?? []);
  return {
    flowsPerSecond: spreadOf(throughput.map(({ flowsPerSecond }) => flowsPerSecond)),
    hopsPerSecond: spreadOf(throughput.map(({ flowsPerSecond }) => flowsPerSecond * HOPS[model])),
    appMicros: spreadOf(throughput.map(({ appMicros }) => appMicros)),
    serverMicros: server.length === 0 ? null : spreadOf(server),
    writes: spreadOf(throughput.map(({ writes }) => writes)),
    p50: spreadOf(latency.map(({ p50 }) => p50)),
    p99: spreadOf(latency.map(({ p99 }) => p99)),
  };
}

function fanOutFiguresOf(all: readonly FanOut[]): FanOutFigures {
  const server = all.flatMap(({ serverMicros }) => serverMicros ?? []);
  return {
    micros: spreadOf(all.map(({ micros }) => micros)),
    appMicros: spreadOf(all.map(({ appMicros }) => appMicros)),
    serverMicros: server.length === 0 ? null : spreadOf(server),
  };
}
