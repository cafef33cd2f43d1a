import { BrokerError } from '@troupe/broker';
import { TroupeError } from '@troupe/contract';
import { APPS } from './apps.ts';
import { parseArguments } from './arguments.ts';
import { demonstrate } from './demonstration.ts';

const wanted = parseArguments(process.argv.slice(2));
process.exitCode = 'answer' in wanted ? answer(wanted) : await run(wanted);

function answer({ answer, fault }: { answer: string; fault: boolean }): number {
  if (fault) console.error(answer);
  else console.log(answer);
  return fault ? 2 : 0;
}

async function run(wanted: Parameters<typeof demonstrate>[0]): Promise<number> {
  try {
    return await demonstrate(wanted, { apps: APPS, env: process.env, stop: told() });
  } catch (error) {
    const known = error instanceof TroupeError || error instanceof BrokerError;
    console.error(known ? `\n${error.message}\n(${error.code})` : error);
    return 1;
  }
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
