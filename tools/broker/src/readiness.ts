import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { BrokerPortTakenError, BrokerStartError } from './errors.ts';
import { lastLines } from './log-tail.ts';
import type { Exit, Run } from './run.ts';
import { readServerInfo } from './server-info.ts';

const PORT_TAKEN = /address already in use|port is already allocated|Only one usage of each socket address/i;
const POLL_INTERVAL = 15;

/** Waits until the server accepts connections and JetStream answers, and returns its port. */
export async function untilReady(
  run: Run,
  wanted: { port: number | undefined; logFile: string; timeoutMs: number },
): Promise<number> {
  const deadline = Date.now() + wanted.timeoutMs;
  let exit: Exit | undefined;
  void run.exited.then((value) => {
    exit = value;
  });
  while (exit === undefined && Date.now() < deadline) {
    const port = await run.port();
    const isUp = port !== undefined && (await answers(port));
    // It may have been killed while it answered.
    if (isUp && exit === undefined) return port;
    await delay(POLL_INTERVAL);
  }
  const log = await lastLines(wanted.logFile, 15);
  if (exit === undefined) {
    throw new BrokerStartError(`nats-server was not ready within ${wanted.timeoutMs / 1000} s.`, log);
  }
  if (wanted.port !== undefined && log.some((line) => PORT_TAKEN.test(line))) {
    throw new BrokerPortTakenError(wanted.port);
  }
  throw new BrokerStartError(`nats-server ended early (${describeExit(exit)}).`, log);
}

/** How a process ended, in words. */
export function describeExit(exit: Exit): string {
  if (exit.signal !== null) return `by ${exit.signal}`;
  return exit.code === null ? 'it could not be run' : `exit code ${exit.code}`;
}

async function answers(port: number): Promise<boolean> {
  try {
    const info = await readServerInfo('127.0.0.1', port, 2_000);
    if (!info.jetstream) return false;
    return info.authRequired || info.tlsRequired || (await jetstreamAnswers(port));
  } catch {
    return false;
  }
}

/** In a cluster JetStream is up only when a leader was elected: the greeting alone does not tell. */
async function jetstreamAnswers(port: number): Promise<boolean> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: 2_000 });
  try {
    const reply = await connection.request('$JS.API.INFO', undefined, { timeout: 1_000 });
    return reply.json<{ error?: { err_code?: number } }>().error?.err_code !== 10008;
  } finally {
    await connection.close();
  }
}
