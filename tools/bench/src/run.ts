import { type NatsServer, startNatsServer } from '@troupe/broker';

/** What a person asked a bench for. */
export interface Asked<Plan> {
  readonly help: boolean;
  readonly json: boolean;
  readonly plan: Plan;
}

/** A bench on a server of its own. */
export interface Bench<Plan, Report> {
  readonly usage: string;
  /** Gives the reason as text when the arguments make no sense. */
  readOptions(args: string[]): Asked<Plan> | string;
  /** Lines for the server's `jetstream` block. Default: none. */
  jetstreamExtra?(plan: Plan): string;
  measure(server: NatsServer, plan: Plan, onProgress: (text: string) => void): Promise<Report>;
  table(report: Report): string;
}

/** Runs a bench for a person in a terminal. The exit code says whether it could measure, not what it found. */
export async function run<Plan, Report>(bench: Bench<Plan, Report>): Promise<void> {
  process.exitCode = await ended(bench).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}

async function ended<Plan, Report>(bench: Bench<Plan, Report>): Promise<number> {
  const asked = bench.readOptions(process.argv.slice(2));
  if (typeof asked === 'string') {
    console.error(`${asked}\n\n${bench.usage}`);
    return 2;
  }
  const { help, json, plan } = asked;
  if (help) {
    console.log(bench.usage);
    return 0;
  }
  const onProgress = (text: string): void => console.error(text);
  const jetstreamExtra = bench.jetstreamExtra?.(plan);
  const server = await startNatsServer({
    onProgress,
    ...(jetstreamExtra !== undefined && { jetstreamExtra }),
  });
  try {
    const report = await bench.measure(server, plan, onProgress);
    console.log(json ? JSON.stringify(report, undefined, 2) : `\n${bench.table(report)}`);
    return 0;
  } finally {
    await server.stop();
  }
}
