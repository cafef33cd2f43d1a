import { type Checking, CONTENDERS, type Contender, checkings } from './contenders.ts';
import { orderJson } from './order-of.ts';

/** How much is measured. */
export interface ChecksPlan {
  /** Measurements of each contender, interleaved. */
  readonly rounds: number;
  /** How long one measurement takes about, in ms. */
  readonly sliceMs: number;
}

/** Microseconds of CPU a message, one figure for each round. */
export type Samples = Record<Contender, number[]>;

/** Measures all contenders on an order with so many lines; another one comes first in each round. */
export async function measureChecks(lines: number, { rounds, sliceMs }: ChecksPlan): Promise<Samples> {
  const all = checkings(orderJson(lines));
  const times = {} as Record<Contender, number>;
  for (const name of CONTENDERS) times[name] = await timesIn(all[name], sliceMs);
  const samples = Object.fromEntries(CONTENDERS.map((name) => [name, [] as number[]])) as Samples;
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < CONTENDERS.length; n++) {
      const name = CONTENDERS[(n + round) % CONTENDERS.length] as Contender;
      samples[name].push(await microsOf(all[name], times[name]));
    }
  }
  return samples;
}

/** How often it goes in a slice; warms it up on the way. */
async function timesIn(checking: Checking, sliceMs: number): Promise<number> {
  for (let times = 1_000; ; times *= 2) {
    const ms = ((await microsOf(checking, times)) * times) / 1_000;
    if (ms >= sliceMs) return Math.ceil((times * sliceMs) / ms);
  }
}

/** CPU time: what else the machine does takes no part in it. */
async function microsOf(checking: Checking, times: number): Promise<number> {
  const begun = process.cpuUsage();
  await checking(times);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / times;
}
