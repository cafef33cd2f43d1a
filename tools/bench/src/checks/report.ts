import { spreadOf } from '../statistics.ts';
import { aligned } from '../table.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import type { Samples } from './measure.ts';

/** What a run found, as `--json` prints it. */
export interface ChecksReport {
  readonly rounds: number;
  readonly lines: Readonly<Record<string, Samples>>;
  /** CPU time to compile 500 contracts in a new process, in ms, one figure for each round. */
  readonly compileMs: readonly number[];
}

const TITLES: Record<Contender, string> = {
  parse: 'JSON.parse alone',
  troupe: 'JSON.parse and the contract',
  wire: 'headers, UTF-8, depth, and the contract',
  ajv: 'JSON.parse and Ajv by hand',
  zod: 'JSON.parse and zod',
  pipe: 'JSON.parse and ValidationPipe',
  'strict pipe': 'the same, forbidNonWhitelisted',
};

/** The report for people: µs of CPU a message, and how many times what the contract takes. */
export function checksTable({ rounds, lines, compileMs }: ChecksReport): string {
  const tables = Object.entries(lines).flatMap(([count, samples]) => {
    const own = spreadOf(samples.troupe).median;
    const rows = CONTENDERS.map((name) => {
      const { median, min, max } = spreadOf(samples[name]);
      return [
        TITLES[name],
        `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`,
        (median / own).toFixed(2),
      ];
    });
    return ['', ...aligned([[`${count} lines`, 'CPU µs', '× the contract'], ...rows])];
  });
  const { median, min, max } = spreadOf(compileMs);
  return [
    `Node ${process.version}; median (min–max) of ${rounds} rounds.`,
    ...tables,
    '',
    `500 contracts compiled in ${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)}) ms of CPU.`,
  ].join('\n');
}
