import { expect, it, onTestFinished } from 'vitest';
import { hasPython, NO_PYTHON } from './fixtures/has-python.ts';
import { expectNothingLeft, npmStart, RUN } from './fixtures/npm-start.ts';
import { Shopping } from './fixtures/shopping.ts';
import { openStored } from './fixtures/stored.ts';
import { isRunning, until } from './fixtures/surroundings.ts';
import { FULFILMENTS, SAMPLES } from './samples.ts';

const VICTIMS = [
  'payments',
  'inventory',
  'broker',
  'console',
  'shipping',
  'storefront',
  'notifications',
  'carrier',
  'broker',
];
/** What a killed app was at comes again after 30 s; the rest is for slow machines. */
const OUTCOME_TIME = 300_000;
const ENDS = SAMPLES.map(({ end }) => end.type);

it('brings every accepted order to its one end, shows every event and knows of every end, though each process is killed', async (test) => {
  test.skip(!(await hasPython()), NO_PYTHON);
  const start = await npmStart(RUN);
  await start.untilItGoesOn();
  const shopping = new Shopping(/curl -i (http:\S+)\/orders/.exec(start.output())?.[1] ?? '');
  onTestFinished(() => shopping.giveUp());
  const stored = await openStored(/(nats:\S+) \(process/.exec(start.output())?.[1] ?? '');

  for (const victim of VICTIMS) {
    await shopping.more(50);
    await until(() => isRunning(start.pidOf(victim)), `${victim} runs`);
    process.kill(start.pidOf(victim), 'SIGKILL');
  }
  await shopping.more(50);
  await shopping.end();
  const { accepted } = shopping;
  await until(
    async () => {
      if (!(await stored.isQuiet().catch(() => false))) return false;
      const flows = await stored.flows();
      return accepted.every(
        ({ flowId, sample: { end } }) => (flows.get(flowId)?.get(end.type) ?? 0) >= end.count,
      );
    },
    'every accepted order is at an end',
    OUTCOME_TIME,
  );

  const flows = await stored.flows();
  const handOffs = FULFILMENTS.filter(({ model }) => model === 'hybrid').length;
  expect(flows.size).toBe(SAMPLES.length + FULFILMENTS.length + handOffs + accepted.length);
  for (const { flowId, sample } of accepted) {
    const ends = ENDS.map((type) => [type, flows.get(flowId)?.get(type) ?? 0]);
    expect(ends, `flow ${flowId}`).toEqual(
      ENDS.map((type) => [type, type === sample.end.type ? sample.end.count : 0]),
    );
  }
  expect(await stored.deadLetters()).toBe(0);
  const watcher = /console +(http:\S+) \(process/.exec(start.output())?.[1] ?? '';
  for (const { flowId } of accepted)
    await until(
      async () => (await stateOf(watcher, flowId)) === 'completed',
      `flow ${flowId} is known to be over`,
    );
  await until(() => shownEvents(start.output()) >= total(flows), 'every event is shown');
  expect(shownEvents(start.output())).toBe(total(flows));

  process.kill(start.pid, 'SIGTERM');
  expect(await start.exitCode, start.output()).toBe(0);
  await expectNothingLeft(start.output());
}, 600_000);

/** By the console's word. */
async function stateOf(url: string, flowId: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/where/${flowId}`);
  const { flows } = (await answer.json()) as { flows?: { state: string }[] };
  return flows?.[0]?.state;
}

function shownEvents(output: string): number {
  return output.match(/^ {2}flow \S+ +[a-z.]+\.v1 /gm)?.length ?? 0;
}

function total(flows: Map<string, Map<string, number>>): number {
  return [...flows.values()].flatMap((flow) => [...flow.values()]).reduce((sum, count) => sum + count, 0);
}
