import { Console } from 'node:console';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BrokerError } from '@troupe/broker';
import { TroupeError } from '@troupe/contract';
import { chaos } from './chaos.ts';
import { fulfilmentReportText } from './fulfilment/report.ts';
import { fulfilmentChaos } from './fulfilment/run.ts';
import { type Options, readOptions } from './options.ts';
import { reportText } from './report.ts';

const INTERRUPTED = 130;

const wanted = readOptions(process.argv.slice(2));
process.exitCode = 'answer' in wanted ? answer(wanted) : await run(wanted);

function answer({ answer, fault }: { answer: string; fault: boolean }): number {
  if (fault) console.error(answer);
  else console.log(answer);
  return fault ? 2 : 0;
}

async function run(options: Options): Promise<number> {
  if (options.json) globalThis.console = new Console(process.stderr, process.stderr);
  const stop = told();
  const temporary = options.folder === undefined;
  const folder = temporary ? await mkdtemp(join(tmpdir(), 'troupe-chaos-')) : resolve(options.folder);
  await mkdir(folder, { recursive: true });
  console.log(`profile ${options.profile.name}, seed ${options.seed}, stores and logs in ${folder}`);
  try {
    const { report, text } = await carryOut(options, folder, stop);
    if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    else console.log(`\n${text}`);
    if (report.clean && temporary) await rm(folder, { recursive: true, force: true });
    else console.log(`\nStores and logs are in ${folder}.`);
    return report.clean ? 0 : 1;
  } catch (error) {
    if (stop.aborted) return INTERRUPTED;
    const known = error instanceof TroupeError || error instanceof BrokerError;
    console.error(known ? `\n${error.message}\n(${error.code})` : error);
    console.error(`Stores and logs are in ${folder}.`);
    return 1;
  }
}

async function carryOut(
  options: Options,
  folder: string,
  stop: AbortSignal,
): Promise<{ readonly report: { readonly clean: boolean }; readonly text: string }> {
  const { profile, seed, syncInterval } = options;
  if ('fulfilments' in profile) {
    const report = await fulfilmentChaos({ profile, seed, syncInterval, folder }, stop);
    return { report, text: fulfilmentReportText(report) };
  }
  const report = await chaos({ profile, seed, syncInterval, folder }, stop);
  return { report, text: reportText(report) };
}

function told(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  return stop.signal;
}
