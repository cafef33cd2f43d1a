import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { EffectsUnavailableError } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordDamagedError } from '../errors.ts';
import { until } from '../until.spec.support.ts';
import { Bucket, NEVER_WRITTEN } from './bucket.ts';
import { keys } from './keys.ts';

describe('the bucket of orchestrations', () => {
  let server: NatsServer;
  let client: NatsConnection;
  let bucket: Bucket;

  beforeAll(async () => {
    server = await startNatsServer();
    client = await connect({ servers: server.url, noAsyncTraces: true });
    bucket = await Bucket.of(client, 'orc_shop');
    await bucket.make(1);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  it('gives back what was written, and its revision', async () => {
    const key = keys.instance('fulfilment', 'f-1');
    expect(await bucket.get(key)).toEqual({ record: undefined, revision: NEVER_WRITTEN });
    const revision = await bucket.put(key, { state: 'é' }, NEVER_WRITTEN);
    expect(await bucket.get(key)).toEqual({ record: { state: 'é' }, revision });
  });

  it('lets one of two writers win, and tells the other', async () => {
    const first = (await bucket.put('i.race.1', { by: 'one' }, NEVER_WRITTEN)) as number;
    const writes = await Promise.all([
      bucket.put('i.race.1', { by: 'a' }, first),
      bucket.put('i.race.1', { by: 'b' }, first),
    ]);
    expect(writes.filter((revision) => revision !== undefined)).toHaveLength(1);
    expect(await bucket.put('i.race.1', {}, NEVER_WRITTEN)).toBeUndefined();
  });

  it('can be written anew where a person removed a key', async () => {
    await bucket.put('i.gone.1', {}, NEVER_WRITTEN);
    await (await kv()).delete('i.gone.1');
    const { record, revision } = await bucket.get('i.gone.1');
    expect(record).toBeUndefined();
    expect(await bucket.put('i.gone.1', { again: true }, revision)).toBeDefined();
  });

  it.each([
    ['edited', (text: string) => text.replace('running', 'finished')],
    ['of an earlier format', (text: string) => text.replace('"format":2,', '')],
    ['cut off', (text: string) => text.slice(0, -5)],
    ['of another kind', () => '{"state":"running"}'],
    ['no JSON', () => 'running'],
  ])('refuses a record that was %s, naming its key', async (how, edit) => {
    const key = keys.instance('edited', how.replaceAll(' ', '-'));
    await bucket.put(key, { state: 'running' }, NEVER_WRITTEN);
    const entries = await kv();
    await entries.put(key, edit((await entries.get(key))?.string() ?? ''));
    const refused = bucket.get(key);
    await expect(refused).rejects.toThrow(RecordDamagedError);
    await expect(refused).rejects.toThrow(key);
  });

  it('gives all records of a pattern once, more than a page of them', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `c-${index}`);
    await Promise.all(
      names.map((name, index) => bucket.put(keys.branch('o', 'f', name), { index }, NEVER_WRITTEN)),
    );
    await bucket.put(keys.branch('o', 'other', 'c-1'), { index: -1 }, NEVER_WRITTEN);
    const all = await bucket.all<{ index: number }>(keys.branches('o', 'f'));
    expect([...all.values()].map(({ record }) => record.index).sort((a, b) => a - b)).toEqual(
      names.map((_, index) => index),
    );
  });

  it('lets a key go by itself when it is told how long to stay', async () => {
    await bucket.put('i.brief.1', {}, NEVER_WRITTEN, '1s');
    expect((await bucket.get('i.brief.1')).record).toEqual({});
    await until('the key went', async () => (await bucket.get('i.brief.1')).record === undefined);
  });

  it('says that it is away when it is', async () => {
    const missing = await Bucket.of(client, 'orc_nobody');
    expect(await missing.madeAt()).toBeUndefined();
    await expect(missing.get('i.a.b')).rejects.toThrow(EffectsUnavailableError);
    await expect(missing.put('i.a.b', {}, NEVER_WRITTEN)).rejects.toThrow(EffectsUnavailableError);
    await expect(missing.all('i.>')).rejects.toThrow(/orc_nobody/);
  });

  const kv = () => new Kvm(client).open('orc_shop');
});
