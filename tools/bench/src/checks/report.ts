import { spreadOf } from '../statistics.ts';
import { aligned } from '../table.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import type { Samples } from './measure.ts';
import type { Compiling } from './start.ts';

/** What a run found, as `--json` prints it. */
export interface ChecksReport {
  readonly rounds: number;
  readonly lines: Readonly<Record<string, Samples>>;
  /** 500 contracts, compiled in a new process in each round. */
  readonly compiling: readonly Compiling[];
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
export function checksTable({ rounds, lines, compiling }: ChecksReport): string {
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
  const wall = spreadOf(compiling.map(({ wallMs }) => wallMs));
  const cpu = spreadOf(compiling.map(({ cpuMs }) => cpuMs));
  return [
    `Node ${process.version}; median (min–max) of ${rounds} rounds.`,
    ...tables,
    '',
    `500 contracts compiled in ${wall.median.toFixed(0)} (${wall.min.toFixed(0)}–${wall.max.toFixed(0)}) ms; CPU of all threads ${cpu.median.toFixed(0)} (${cpu.min.toFixed(0)}–${cpu.max.toFixed(0)}) ms.`,
  ].join('\n');
}
