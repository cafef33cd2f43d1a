import { notTried, type Outcome, type Rule } from '../../rule.ts';
import type { Running } from '../../stage/running.ts';
import type { Sent } from '../../stage/sending.ts';
import type { Result, Stage } from '../../stage/stage.ts';
import { eventOf } from '../../stage/stored.ts';
import { until } from '../../stage/until.ts';
import { undone } from '../taken.ts';

/** Messages that are there when the process ends; more for a step that is done with the first before it ends. */
const BURSTS = [100, 1_000] as const;
/** The broker gives a dead process's messages again after 30 s, and it may be done with none before. */
const AGAIN_MS = 90_000;
/** How much longer than its time a process may take to be gone, in ms. */
const GRACE_MORE_MS = 3_000;

export const shutdown: Rule = {
  id: 'shutdown',
  tries: `sends SIGTERM while ${BURSTS[0]} messages come in, and starts it again`,
  needs: 'process',
  check: (stage) => endedAmid(stage, 'SIGTERM'),
};

export const kill: Rule = {
  id: 'kill',
  tries: `sends SIGKILL while ${BURSTS[0]} messages come in, and starts it again`,
  needs: 'process',
  check: (stage) => endedAmid(stage, 'SIGKILL'),
};

async function endedAmid(stage: Stage, signal: Ending): Promise<Outcome> {
  const { running } = stage.parts;
  if (running === undefined) return notTried('the process is not one that the command started');
  await stage.trial(); // it is at work
  for (const size of BURSTS) {
    const { faults, left } = await endedOnce(stage, running, signal, size);
    if (faults.length > 0 || left > 0) return faults;
  }
  return notTried('it was done with all messages before it could be ended');
}

type Ending = 'SIGTERM' | 'SIGKILL';

/** What was wrong, and how many messages were left for the next process. */
async function endedOnce(stage: Stage, running: Running, signal: Ending, size: number) {
  const sent = await burst(stage, size, () => running.signal(signal));
  const inTime = await isGone(running);
  const left = sent.filter((one) => !stage.answersTo(one).some(({ kind }) => kind === 'ack'));
  const faults = inTime ? [] : [`it still ran ${waitOf(running) / 1_000} s after ${signal}`];
  if (inTime && signal === 'SIGTERM') faults.push(...(await halfDone(stage, left)));
  await running.start();
  faults.push(...(await notOnceEach(stage, sent)));
  return { faults, left: left.length };
}

/** Stores many messages, and ends the process when the first of them is done. */
async function burst(stage: Stage, size: number, end: () => void): Promise<Sent[]> {
  const messages = Array.from({ length: size }, () => stage.message());
  const sending = messages.map((message) => stage.send(message));
  const first = await Promise.race(sending);
  await until(() => stage.answersTo(first).length > 0, AGAIN_MS);
  end();
  return Promise.all(sending);
}

/** Whether it ended in time; gone it is afterwards in any case. */
async function isGone(running: Running): Promise<boolean> {
  const how = await running.endedWithin(waitOf(running));
  if (how === undefined) await running.end();
  return how !== undefined;
}

function waitOf({ graceMs }: Running): number {
  return graceMs + GRACE_MORE_MS;
}

/** What a process that ends in order began, it does. */
async function halfDone(stage: Stage, left: readonly Sent[]): Promise<string[]> {
  const outputs = await Promise.all(left.map(({ message }) => stage.outputsOf(message.id)));
  const half = outputs.filter((some) => some.length > 0).length;
  return half === 0 ? [] : [`it left ${half} messages unacknowledged whose outputs it had sent`];
}

/** What is wrong when every message is to be done in the end, and each of its outputs to be there once. */
async function notOnceEach(stage: Stage, sent: readonly Sent[]): Promise<string[]> {
  const usual = await stage.trial();
  const results = await Promise.all(sent.map((one) => stage.result(one, AGAIN_MS)));
  const open = results.filter((result) => undone(result).length > 0);
  const lost = results.filter(({ outputs }) => outputs.length === 0);
  const doubled = results.filter(({ outputs }) => isDoubled(outputs, usual.outputs.length));
  return [
    ...(open[0] === undefined
      ? []
      : [`${open.length} of ${sent.length} messages were not done: ${undone(open[0])[0]}`]),
    ...(usual.outputs.length > 0 && lost.length > 0 ? [`of ${lost.length} messages nothing came`] : []),
    ...(doubled.length > 0 ? [`outputs of ${doubled.length} messages are there more than once`] : []),
  ];
}

function isDoubled(outputs: Result['outputs'], usual: number): boolean {
  const ids = new Set(outputs.map((output) => eventOf(output)?.id));
  return ids.size < outputs.length || (usual > 0 && outputs.length > usual);
}
