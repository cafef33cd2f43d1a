import { BrokerError } from '@troupe/broker';
import { TroupeError } from '@troupe/contract';
import { type App, NODE_APPS } from './apps.ts';
import { parseArguments } from './arguments.ts';
import { findCarrier } from './carrier.ts';
import { demonstrate } from './demonstration.ts';
import { paint } from './flow-line.ts';

const wanted = parseArguments(process.argv.slice(2));
process.exitCode = 'answer' in wanted ? answer(wanted) : await run(wanted);

function answer({ answer, fault }: { answer: string; fault: boolean }): number {
  if (fault) console.error(answer);
  else console.log(answer);
  return fault ? 2 : 0;
}

async function run(wanted: Parameters<typeof demonstrate>[0]): Promise<number> {
  const stop = told();
  try {
    const apps = [...NODE_APPS, ...(await carriers(stop))];
    return await demonstrate(wanted, { apps, env: process.env, stop });
  } catch (error) {
    const known = error instanceof TroupeError || error instanceof BrokerError;
    console.error(known ? `\n${error.message}\n(${error.code})` : error);
    return 1;
  }
}

/** The carrier, or nothing where there is none to be had, which is told, or when `stop` is aborted. */
async function carriers(stop: AbortSignal): Promise<App[]> {
  const carrier = await findCarrier({ env: process.env, stop }).catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
  if (carrier === undefined) return [];
  if (!('problem' in carrier)) return [carrier];
  console.error(paint('yellow', `The carrier is left out, and parcels wait for it: ${carrier.problem}.`));
  return [];
}

/** Aborted when a person ends it, or when whatever started it is gone. A second Ctrl-C changes nothing. */
function told(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  process.on('disconnect', () => stop.abort());
  // The channel is there to show its end, not to keep this running.
  process.channel?.unref();
  return stop.signal;
}
