import { jetstreamManager } from '@nats-io/jetstream';
import { Logger } from '@nestjs/common';
import { Contract } from '@troupe/contract';
import { DeadLetters, prune, Runtime, silentLogger, TerminalError } from '@troupe/jetstream';
import { startBroker } from '@troupe/testing';
import { IsString } from 'class-validator';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Retention } from './retention.ts';

@Contract({ type: 'parcel.weighed', version: 1, kind: 'event', owner: 'shipping' })
class ParcelWeighed {
  @IsString()
  parcelId!: string;
}

const AUTHOR = { by: 'ada', why: 'a test parcel' };

it('prunes all streams at the start of what is older than the retention time, and says what keeps the rest', async () => {
  const broker = await startBroker();
  onTestFinished(() => broker.stop());
  const runtime = new Runtime({
    app: 'shipping',
    version: '1.0.0',
    connection: { servers: broker.url },
    log: silentLogger,
    produces: [ParcelWeighed],
    streams: { duplicateWindowMs: 100 },
    steps: [{ name: 'label', on: [ParcelWeighed], emits: [], from: 'beginning', handle: refuse }],
  });
  onTestFinished(() => runtime.stop(1_000));
  await runtime.start();
  const { connection, names } = runtime;
  const manager = await jetstreamManager(connection.client);
  const kept = async (stream: string) => (await manager.streams.info(stream)).state.messages;
  for (const parcelId of ['p-1', 'p-2', 'p-3']) await runtime.producer.send(ParcelWeighed, { parcelId });
  await vi.waitFor(async () => expect(await kept(names.deadLetters)).toBe(3), 15_000);
  const letters = await DeadLetters.open(connection);
  onTestFinished(() => letters.close());
  await letters.archive({ seqs: [1, 3] }, AUTHOR);
  await vi.waitFor(async () => {
    const prunings = await prune(connection, names, { olderThanMs: 1, dryRun: true });
    expect(prunings.map(({ messages }) => messages)).toEqual([3, 0, 1]);
  }, 15_000);

  const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  onTestFinished(() => void vi.restoreAllMocks());
  const isWarnedOf = (text: string) =>
    vi.waitFor(() => expect(warned).toHaveBeenCalledWith(expect.stringContaining(text)), 15_000);
  const notify = { step: 'mail__notify', consumes: ['parcel.weighed.v1'], emits: [], from: 'now' } as const;
  const lock = { format: 1, contracts: [], apps: [{ app: 'mail', steps: [notify], flows: [] }] } as const;
  const held = new Retention(runtime, { retentionMs: 1, choreography: lock });
  held.onApplicationBootstrap();
  await isWarnedOf('mail__notify');
  held.onApplicationShutdown();
  expect(await kept(names.events)).toBe(3);

  const retention = new Retention(runtime, { retentionMs: 1, choreography: undefined });
  retention.onApplicationBootstrap();
  await isWarnedOf('old messages of DEAD_LETTERS stay: Dead letter 2 is not dealt with');
  retention.onApplicationShutdown();
  expect(await kept(names.events)).toBe(0);
  expect(await kept(names.deadLetters)).toBe(2);
});

function refuse(): never {
  throw new TerminalError('no scales');
}
