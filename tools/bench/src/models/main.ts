import { run } from '../run.ts';
import { measure } from './measure.ts';
import { readOptions, USAGE } from './options.ts';
import { reportOf, tablesOf } from './report.ts';

await run({
  usage: USAGE,
  readOptions,
  measure: async (server, plan, onProgress) => reportOf(plan, await measure(server, plan, onProgress)),
  table: tablesOf,
});
