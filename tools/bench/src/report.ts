import { cpus } from 'node:os';
import type { Measurements } from './bench.ts';
import { VARIANTS, type Variant } from './chain.ts';
import { atLeast, atMost, cell, type Goal, goalLines } from './goal.ts';
import type { Plan } from './options.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { aligned } from './table.ts';

/** What a run found, as `--json` prints it. */
export interface Report {
  readonly machine: { readonly cores: number; readonly cpu: string; readonly node: string };
  readonly plan: Plan;
  readonly variants: Record<Variant, Figures>;
  readonly goals: readonly Goal[];
}

/** One variant's figures over all rounds. */
export interface Figures {
  readonly hopsPerSecond: Spread;
  /** CPU time per hop, in µs. */
  readonly clientMicros: Spread;
  /** The same of the server; null where the system does not tell. */
  readonly serverMicros: Spread | null;
  /** Latency of the whole chain, in ms. */
  readonly p50: Spread;
  readonly p99: Spread;
}

export function reportOf(plan: Plan, measured: Record<Variant, Measurements>): Report {
  const variants = {
    troupe: figuresOf(measured.troupe),
    tuned: figuresOf(measured.tuned),
    documented: figuresOf(measured.documented),
  };
  const { troupe, tuned, documented } = variants;
  const [cpu] = cpus();
  return {
    machine: { cores: cpus().length, cpu: cpu?.model ?? 'unknown', node: process.version },
    plan,
    variants,
    goals: [
      atLeast('throughput / tuned', troupe.hopsPerSecond.median / tuned.hopsPerSecond.median, 1.0),
      atLeast('throughput / documented', troupe.hopsPerSecond.median / documented.hopsPerSecond.median, 1.5),
      atMost('p99 / tuned', troupe.p99.median / tuned.p99.median, 1.3),
    ],
  };
}

/** The report for people. */
export function tableOf({ machine, plan, variants, goals }: Report): string {
  const rows = VARIANTS.map((variant) => {
    const { hopsPerSecond, clientMicros, serverMicros, p50, p99 } = variants[variant];
    return [
      variant,
      cell(hopsPerSecond, 0),
      cell(clientMicros, 1),
      serverMicros === null ? 'not available' : cell(serverMicros, 1),
      cell(p50, 2),
      cell(p99, 2),
    ];
  });
  const head = ['', 'hops/s', 'client CPU µs/hop', 'server CPU µs/hop', 'p50 ms', 'p99 ms'];
  return [
    `${machine.cores} cores (${machine.cpu}), Node ${machine.node}; median (min–max) of ${plan.rounds} rounds.`,
    `Throughput: ${plan.orders} orders, 3 hops each. Latency: ${plan.latencyOrders} orders at ${plan.ordersPerSecond}/s through all 3 hops. Server: sync_interval ${plan.syncInterval}.`,
    '',
    ...aligned([head, ...rows]),
    '',
    ...goalLines(goals.map((goal) => ({ ...goal, name: `troupe ${goal.name}` }))),
  ].join('\n');
}

function figuresOf({ throughput, latency }: Measurements): Figures {
  const server = throughput.flatMap(({ serverMicros }) => serverMicros ?? []);
  return {
    hopsPerSecond: spreadOf(throughput.map(({ hopsPerSecond }) => hopsPerSecond)),
    clientMicros: spreadOf(throughput.map(({ clientMicros }) => clientMicros)),
    serverMicros: server.length === 0 ? null : spreadOf(server),
    p50: spreadOf(latency.map(({ p50 }) => p50)),
    p99: spreadOf(latency.map(({ p99 }) => p99)),
  };
}
