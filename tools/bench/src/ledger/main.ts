import { run } from '../run.ts';
import { measureLedger } from './bench.ts';
import { readOptions, USAGE } from './options.ts';
import { ledgerReport, ledgerTable } from './report.ts';

await run({
  usage: USAGE,
  readOptions,
  measure: async (server, plan, onProgress) =>
    ledgerReport(plan, await measureLedger(server, plan, onProgress)),
  table: ledgerTable,
});
