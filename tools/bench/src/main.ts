import { measure } from './bench.ts';
import { readOptions, USAGE } from './options.ts';
import { reportOf, tableOf } from './report.ts';
import { run } from './run.ts';

await run({
  usage: USAGE,
  readOptions,
  jetstreamExtra: ({ syncInterval }) => `sync_interval: ${syncInterval}`,
  measure: async (server, plan, onProgress) => reportOf(plan, await measure(server, plan, onProgress)),
  table: tableOf,
});
