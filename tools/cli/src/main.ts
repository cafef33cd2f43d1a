import { ProcessTerminal } from './terminal.ts';
import { troupe } from './troupe.ts';

/** 128 and the number of SIGINT, as shells have it. */
const INTERRUPTED = 130;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED); // asked twice: at once
    stop.abort();
  });
}
// Whoever reads the output may stop reading: `troupe dead-letters ls | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await troupe(process.argv.slice(2), {
  terminal: new ProcessTerminal(),
  signal: stop.signal,
  variables: process.env,
});

// What an app began when it was imported may go on for ever; the command is done.
process.stdout.write('', () => process.exit());
