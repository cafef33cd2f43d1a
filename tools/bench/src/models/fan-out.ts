import { CountClosed, CountRequested } from './contracts.ts';
import { Environment } from './environment.ts';
import { FLOWS } from './model.ts';
import { type Bench, flowIds } from './subject.ts';
import { usedFor } from './used.ts';

/** What one branch of a joined fan-out took. */
export interface FanOut {
  /** µs of the clock, of the app's CPU and of the server's. */
  readonly micros: number;
  readonly appMicros: number;
  readonly serverMicros: number | undefined;
}

/** Joins as many fan-outs of a size as make up so many branches. */
export async function measureFanOut(bench: Bench, branches: number, size: number): Promise<FanOut> {
  const { worker, client } = bench;
  const environment = await Environment.of(client, FLOWS.orchestrated.names);
  const flows = Math.ceil(branches / size);
  await environment.clear();
  await environment.openMany(CountRequested, flowIds(flows), () => ({ shelves: size }));
  await worker.startChain();
  const { seconds, appMicros, serverMicros } = await usedFor(bench, () =>
    environment.has(CountClosed, flows),
  );
  await worker.stopChain();
  const each = flows * size;
  return {
    micros: (seconds * 1e6) / each,
    appMicros: appMicros / each,
    serverMicros: serverMicros && serverMicros / each,
  };
}
