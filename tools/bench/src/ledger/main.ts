import { startNatsServer } from '@troupe/broker';
import { measureLedger } from './bench.ts';
import { readOptions, USAGE } from './options.ts';
import { ledgerReport, ledgerTable } from './report.ts';

/** Runs the bench for a person in a terminal. The exit code says whether it could measure, not what it found. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    console.error(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const { json, plan } = options;
  const onProgress = (text: string): void => console.error(text);
  const server = await startNatsServer({ onProgress });
  try {
    const report = ledgerReport(plan, await measureLedger(server, plan, onProgress));
    console.log(json ? JSON.stringify(report, undefined, 2) : `\n${ledgerTable(report)}`);
    return 0;
  } finally {
    await server.stop();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
