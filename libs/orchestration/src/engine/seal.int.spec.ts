import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { type Effects, EffectsUnavailableError, type OutgoingMessage } from '@troupe/jetstream';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import { ParcelReady, PickItem } from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';
import { orchestrationStep } from './step.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

it('what an orchestration has left to be sent is, sealed from its record, byte for byte what was to be sent', async () => {
  const stage = await Stage.on(server);
  await stage.workers();
  const { step, decided, published } = forgetful(parcelOptions);
  await stage.app('shop', [step]);
  await stage.request('p-1', ['red', 'blue']);
  await stage.pay('p-1');
  await stage.ended('p-1');
  await stage.settled('shop');
  expect(await stage.sent(PickItem)).toHaveLength(2);
  expect(await stage.sent(ParcelReady)).toHaveLength(1);
  expect(published.size).toBeGreaterThan(3);
  for (const [id, message] of published) expect(message).toEqual(decided.get(id));
});

/** An orchestration that loses each input after the write of the record, with all that it remembered. */
function forgetful(options: OrchestrationOptions) {
  const decided = new Map<string, object>();
  const published = new Map<string, object>();
  const handled = new Set<string>();
  let engine = orchestrationStep(options).effects as Effects;
  let forget = async (): Promise<void> => {};
  const effects: Effects = {
    get problem() {
      return engine.problem;
    },
    open: async (given) => {
      const publish = (message: OutgoingMessage): Promise<void> => {
        published.set(message.messageId ?? '', textOf(message));
        return given.publish(message);
      };
      forget = async () => {
        await engine.close();
        engine = orchestrationStep(options).effects as Effects;
        await engine.open({ ...given, publish });
      };
      await engine.open({ ...given, publish });
    },
    close: () => engine.close(),
    published: (key) => engine.published(key),
    process: async (key, work) => {
      const messages = await engine.process(key, work);
      for (const message of messages) decided.set(message.messageId ?? '', textOf(message));
      if (handled.has(key.id)) return messages;
      handled.add(key.id);
      await forget();
      throw new EffectsUnavailableError('The process is lost.');
    },
  };
  return { step: { ...orchestrationStep(options), effects }, decided, published };
}

function textOf({ subject, headers, payload }: OutgoingMessage): object {
  return { subject, headers: Buffer.from(headers).toString(), payload: Buffer.from(payload).toString() };
}
