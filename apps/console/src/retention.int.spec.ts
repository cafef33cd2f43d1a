import { jetstreamManager } from '@nats-io/jetstream';
import { Logger } from '@nestjs/common';
import { Contract } from '@troupe/contract';
import { prune, Runtime, silentLogger } from '@troupe/jetstream';
import { startBroker } from '@troupe/testing';
import { IsString } from 'class-validator';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Retention } from './retention.ts';

@Contract({ type: 'parcel.weighed', version: 1, kind: 'event', owner: 'shipping' })
class ParcelWeighed {
  @IsString()
  parcelId!: string;
}

it('prunes at the start what is older than the retention time, unless an expected step has no consumer', async () => {
  const broker = await startBroker();
  onTestFinished(() => broker.stop());
  const runtime = new Runtime({
    app: 'shipping',
    version: '1.0.0',
    connection: { servers: broker.url },
    log: silentLogger,
    produces: [ParcelWeighed],
    streams: { duplicateWindowMs: 100 },
    steps: [{ name: 'label', on: [ParcelWeighed], emits: [], from: 'beginning', handle: () => {} }],
  });
  onTestFinished(() => runtime.stop(1_000));
  await runtime.start();
  const { connection, names } = runtime;
  const manager = await jetstreamManager(connection.client);
  const kept = async () => (await manager.streams.info(names.events)).state.messages;
  await runtime.producer.send(ParcelWeighed, { parcelId: 'p-1' });
  await vi.waitFor(async () => {
    const [events] = await prune(connection, names, { olderThanMs: 1, dryRun: true });
    expect(events?.messages).toBe(1);
  }, 15_000);

  const notify = { step: 'mail__notify', consumes: ['parcel.weighed.v1'], emits: [], from: 'now' } as const;
  const lock = { format: 1, contracts: [], apps: [{ app: 'mail', steps: [notify], flows: [] }] } as const;
  const held = new Retention(runtime, { retentionMs: 1, choreography: lock });
  const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  held.onApplicationBootstrap();
  await vi.waitFor(
    () => expect(warned).toHaveBeenCalledWith(expect.stringContaining('mail__notify')),
    15_000,
  );
  held.onApplicationShutdown();
  expect(await kept()).toBe(1);

  const retention = new Retention(runtime, { retentionMs: 1, choreography: undefined });
  retention.onApplicationBootstrap();
  await vi.waitFor(async () => expect(await kept()).toBe(0), 15_000);
  retention.onApplicationShutdown();
});
