import { DeliverPolicy } from '@nats-io/jetstream';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '../consume/stage.spec.support.ts';
import { TerminalError } from '../errors.ts';
import { OrderPlaced, ParcelDispatched, PickItem, stepOf, until } from '../fixtures.spec.support.ts';
import { lettersName, stepName } from '../naming.ts';
import type { RuntimeOptions } from '../runtime/options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { next, type StepContext, type StepDefinition } from '../step.ts';
import { Letter, Wake } from './contracts.spec.support.ts';

let server: NatsServer;
let stage: Stage;
let heard: { readonly letter: Letter; readonly context: StepContext }[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  heard = [];
});

/** Sends a command and an event for each order, and hears of the letters. */
function courier(definition: Partial<StepDefinition> = {}): StepDefinition {
  return stepOf({
    name: 'courier',
    emits: [PickItem, ParcelDispatched],
    direct: [Letter, Wake],
    lettersOf: Letter,
    handle: (data, context) => {
      if (data instanceof OrderPlaced)
        return [next(PickItem, { sku: data.orderId }), next(ParcelDispatched, { warehouse: 'north' })];
      heard.push({ letter: data as Letter, context });
      return undefined;
    },
    ...definition,
  });
}

/** Sets aside every message of a contract. */
const refusing = (name: string, contract: StepDefinition['on'][number]): StepDefinition =>
  stepOf({
    name,
    on: [contract],
    handle: () => {
      throw new TerminalError(`no ${name} today`);
    },
  });

const worker = (steps: readonly StepDefinition[], options: Partial<RuntimeOptions> = {}): Promise<Runtime> =>
  stage.app(steps, { app: 'worker', ...options });

async function lettersDone(): Promise<void> {
  await stage.settled(lettersName('shop'), stage.names.deadLetters);
}

describe('a step whose command is set aside', () => {
  it('hears which, why, and where the letter is', async () => {
    await stage.app([courier()]);
    await worker([refusing('pick', PickItem)]);
    await stage.order('o-1', { 'ce-correlationid': 'flow-1' });
    await until('it is told', () => heard.length > 0);
    const [command] = await stage.stored(stage.names.events, `${stage.subjectOf(PickItem).slice(0, -2)}.*`);
    const commandId = command?.header.get('ce-id');
    const [letter] = await stage.deadLetters();
    expect(heard).toMatchObject([
      {
        letter: {
          commandId,
          contract: 'item.pick.v1',
          reason: 'terminal-error',
          error: 'no pick today',
          flowId: 'flow-1',
          letter: { stream: stage.names.deadLetters, seq: letter?.seq },
        },
        context: { source: '/shop', flowId: 'flow-1', causationId: commandId },
      },
    ]);
  });

  it('hears of what was set aside while no instance of its app ran', async () => {
    const app = await stage.app([courier()]);
    await stage.order('o-1');
    await stage.settled(stage.durable('courier'));
    await app.stop();
    await worker([refusing('pick', PickItem)]);
    await until('it is set aside', async () => (await stage.deadLetters()).length === 1);
    expect(heard).toEqual([]);
    await stage.app([courier()]);
    await until('it is told', () => heard.length > 0);
  });

  it('hears once of each failure, however often the letter is looked at', async () => {
    const app = await stage.app([courier()]);
    await worker([refusing('pick', PickItem)]);
    await stage.order('o-1');
    await until('it is told', () => heard.length > 0);
    const { deadLetters } = stage.names;
    const { config } = await stage.manager.consumers.info(deadLetters, lettersName('shop'));
    await app.stop();
    await stage.manager.consumers.delete(deadLetters, lettersName('shop'));
    await stage.manager.consumers.add(deadLetters, { ...config, deliver_policy: DeliverPolicy.All });
    await stage.app([courier()]);
    await lettersDone();
    await stage.settled(stepName('shop', 'courier'), stage.names.delayed('shop'));
    expect(heard).toHaveLength(1);
  });
});

describe('a dead letter that is none of its commands', () => {
  it('is passed over: an event of the step, a foreign message, another app’s, one of its own mailbox', async () => {
    await stage.app([courier(), refusing('refuse', ParcelDispatched)]);
    await worker([refusing('orders', OrderPlaced)]);
    await stage.order('o-1');
    await until('both are set aside', async () => (await stage.deadLetters()).length === 2);
    await stage.put(`${stage.prefix}.dlq.worker.pick`, { 'x-dead-letter-reason': 'by hand' }, '');
    await stage.put(
      `${stage.prefix}.dlq.worker.pick`,
      { 'ce-id': 'c', 'ce-source': '/other/courier', 'ce-type': 'item.pick.v1' },
      '{}',
    );
    await stage.put(
      `${stage.prefix}.dlq.shop.courier`,
      { 'ce-id': 'w', 'ce-source': '/shop/courier', 'ce-type': 'courier.wake.v1' },
      '{}',
    );
    await lettersDone();
    await stage.settled(stepName('shop', 'courier'), stage.names.delayed('shop'));
    expect(heard).toEqual([]);
  });

  it('has no durable where no step wants to hear of any', async () => {
    await stage.app([stepOf()]);
    const names: string[] = [];
    for await (const { name } of stage.manager.consumers.list(stage.names.deadLetters)) names.push(name);
    expect(names).toEqual([]);
  });
});
