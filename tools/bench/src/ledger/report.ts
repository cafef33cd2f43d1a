import { cpus } from 'node:os';
import { spreadOf } from '../statistics.ts';
import { aligned } from '../table.ts';
import type { LedgerMeasurements } from './bench.ts';
import type { Answers } from './ingest.ts';
import type { LedgerPlan } from './options.ts';
import type { Cost } from './shop.ts';

/** What a run found, as `--json` prints it. */
export interface LedgerReport {
  readonly machine: { readonly cores: number; readonly cpu: string; readonly node: string };
  readonly plan: LedgerPlan;
  readonly measured: LedgerMeasurements;
  readonly goals: readonly LedgerGoal[];
}

export interface LedgerGoal {
  readonly name: string;
  readonly figure: number;
  readonly goal: string;
  readonly reached: boolean;
}

/** Memory is flat when the second half of a stream takes no more than this, times what the first half took. */
const FLAT = 1.1;

export function ledgerReport(plan: LedgerPlan, measured: LedgerMeasurements): LedgerReport {
  const { ingest, live, queued } = measured;
  const ratios = ingest.map(({ messagesPerSecond, hopsPerSecond }) => messagesPerSecond / hopsPerSecond);
  const answers = Math.max(...ingest.flatMap(({ byKey, byMessage }) => [byKey.p99, byMessage.p99]));
  const grown = Math.max(...ingest.map(({ memory: [first, second] }) => second / first));
  const [cpu] = cpus();
  return {
    machine: { cores: cpus().length, cpu: cpu?.model ?? 'unknown', node: process.version },
    plan,
    measured,
    goals: [
      atLeast('ingest / hop rate, lowest', Math.min(...ratios), 1.5),
      atMost('where, p99 at any size, ms', answers, 10),
      atMost('where in the queue, p99, ms', queued.p99, 10),
      atMost('visibility, p99, ms', live.visibility.p99, 250),
      atMost('memory, second half / first', grown, FLAT),
      atMost('cost of the ledger / of a hop', shareOf(measured.without, measured.with), 0.25),
      atMost('the same at an even rate', shareOf([live.without], [live.with]), 0.25),
    ],
  };
}

/** The report for people. */
export function ledgerTable({ machine, plan, measured, goals }: LedgerReport): string {
  const { ingest, live, queued } = measured;
  return [
    `${machine.cores} cores (${machine.cpu}), Node ${machine.node}; the ledger in ${plan.store}.`,
    '',
    ...aligned([
      [
        'ingest',
        'recorded, hops/s',
        'messages/s',
        'CPU µs/message',
        'bytes/message',
        'MiB, halves',
        'where p50/p99 ms',
        'by message id',
      ],
      ...ingest.map((size) => [
        String(size.messages),
        size.hopsPerSecond.toFixed(0),
        size.messagesPerSecond.toFixed(0),
        size.micros.toFixed(1),
        size.bytesPerMessage.toFixed(0),
        size.memory.map((bytes) => Math.round(bytes / 1024 / 1024)).join(', '),
        told(size.byKey),
        told(size.byMessage),
      ]),
    ]),
    '',
    `The chain, CPU µs/hop: ${plan.rounds} rounds of ${plan.orders} orders at full speed, ${plan.liveSeconds} s at ${plan.messagesPerSecond} messages/s.`,
    ...aligned([
      ['', 'hops/s', 'runtime', 'server', 'ledger'],
      row('full speed, without', measured.without),
      row('full speed, with', measured.with),
      row('full speed, watched', measured.watched),
      row('even rate, without', [live.without]),
      row('even rate, with', [live.with]),
      row('even rate, watched', [live.watched]),
    ]),
    '',
    `Watched by a client that is sent what the ledger is sent and keeps nothing: ${shareOf(measured.without, measured.watched).toFixed(2)} of a hop at full speed, ${shareOf([live.without], [live.watched]).toFixed(2)} at an even rate.`,
    `Visible after its PubAck: ${told(live.visibility)} ms. where in a queue of ${plan.queue}: ${told(queued)} ms (p50/p99).`,
    '',
    ...aligned(
      goals.map(({ name, figure, goal, reached }) => [
        name,
        figure.toFixed(2),
        `goal ${goal}`,
        reached ? 'reached' : 'MISSED',
      ]),
    ),
  ].join('\n');
}

/** What the ledger takes for a hop, in its process and in the server, to what the runtime and the server take for it. */
function shareOf(without: readonly Cost[], withIt: readonly Cost[]): number {
  const own = median(withIt, ({ ledger }) => ledger);
  const added = median(withIt, serverOf) - median(without, serverOf);
  return (own + added) / median(without, (cost) => cost.runtime + serverOf(cost));
}

function serverOf({ server }: Cost): number {
  return server ?? 0;
}

function row(name: string, costs: readonly Cost[]): string[] {
  const server = costs.every((cost) => cost.server !== null);
  return [
    name,
    median(costs, ({ hopsPerSecond }) => hopsPerSecond).toFixed(0),
    median(costs, ({ runtime }) => runtime).toFixed(1),
    server ? median(costs, serverOf).toFixed(1) : 'not available',
    median(costs, ({ ledger }) => ledger).toFixed(1),
  ];
}

function told(answers: Answers): string {
  return `${answers.p50.toFixed(2)}/${answers.p99.toFixed(2)}`;
}

function median(costs: readonly Cost[], of: (cost: Cost) => number): number {
  return spreadOf(costs.map(of)).median;
}

function atLeast(name: string, figure: number, bound: number): LedgerGoal {
  return { name, figure, goal: `≥ ${bound}`, reached: figure >= bound };
}

function atMost(name: string, figure: number, bound: number): LedgerGoal {
  return { name, figure, goal: `≤ ${bound}`, reached: figure <= bound };
}
