import { readFileSync } from 'node:fs';

/** Linux counts CPU time of other processes in ticks of 10 ms. */
const TICK_MICROS = 10_000;

/** CPU time that the nats-server has used, in µs; undefined where the system does not tell. */
export function serverCpuMicros(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  if (!stat.includes('(nats-server')) return undefined; // in a container: this is the client that started it
  // The name may hold blanks; user and system time are the 12th and 13th field behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}
