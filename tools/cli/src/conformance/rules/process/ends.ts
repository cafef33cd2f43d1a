import { notTried, type Outcome, type Rule } from '../../rule.ts';
import type { Sent } from '../../stage/sending.ts';
import type { Result, Stage } from '../../stage/stage.ts';
import { eventOf } from '../../stage/stored.ts';
import { until } from '../../stage/until.ts';
import { undone } from '../taken.ts';

/** Messages that are there when the process ends. */
const BURST = 100;
/** The broker gives a dead process's messages again after 30 s, and it may be done with none before. */
const AGAIN_MS = 90_000;
/** How much longer than its time a process may take to be gone, in ms. */
const GRACE_MORE_MS = 3_000;

export const shutdown: Rule = {
  id: 'shutdown',
  tries: `sends SIGTERM while ${BURST} messages come in, and starts it again`,
  needs: 'process',
  check: (stage) => endedAmid(stage, 'SIGTERM'),
};

export const kill: Rule = {
  id: 'kill',
  tries: `sends SIGKILL while ${BURST} messages come in, and starts it again`,
  needs: 'process',
  check: (stage) => endedAmid(stage, 'SIGKILL'),
};

async function endedAmid(stage: Stage, signal: 'SIGTERM' | 'SIGKILL'): Promise<Outcome> {
  const { running } = stage.parts;
  if (running === undefined) return notTried('the process is not one that the command started');
  await stage.trial(); // it is at work
  const sent = await burst(stage, () => running.signal(signal));
  const how = await running.endedWithin(running.graceMs + GRACE_MORE_MS);
  if (how === undefined) {
    running.signal('SIGKILL');
    await running.endedWithin(AGAIN_MS);
  }
  const left = sent.filter((one) => !stage.answersTo(one).some(({ kind }) => kind === 'ack'));
  const faults = [
    ...(how === undefined
      ? [`it still ran ${(running.graceMs + GRACE_MORE_MS) / 1_000} s after ${signal}`]
      : []),
    ...(signal === 'SIGTERM' && how !== undefined ? await halfDone(stage, left) : []),
  ];
  await running.start();
  faults.push(...(await notOnceEach(stage, sent)));
  if (faults.length > 0 || left.length > 0) return faults;
  return notTried(`it was done with all ${BURST} messages before it could be ended`);
}

/** Stores many messages, and ends the process when the first of them is done. */
async function burst(stage: Stage, end: () => void): Promise<Sent[]> {
  const sending = Array.from({ length: BURST }, () => stage.message()).map((message) => stage.send(message));
  const first = await Promise.race(sending);
  await until(() => stage.answersTo(first).length > 0, AGAIN_MS);
  end();
  return Promise.all(sending);
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
