import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { follow, type Looked } from './changes.ts';

let server: NatsServer;
let client: NatsConnection;
beforeAll(async () => {
  server = await startNatsServer();
  client = await connect({ servers: server.url });
});
afterAll(async () => {
  await client?.close();
  await server?.stop();
});

/** Something that is written under a subject, and how it is followed. */
function written(subject: string) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const seen = { etag: '1', isOver: false, looks: 0, isGone: false };
  const look = async (): Promise<Looked | undefined> => {
    seen.looks++;
    return seen.isGone ? undefined : { etag: seen.etag, isOver: seen.isOver };
  };
  return { seen, stop, changes: follow({ client, subjects: [subject], look, signal: stop.signal }) };
}

const etagOf = ({ value }: IteratorResult<Looked>): string | undefined => (value as Looked | undefined)?.etag;

describe('following what is written', () => {
  it('shows what is there, then each change, and ends with the one that is the last', async () => {
    const { seen, changes } = written('a');
    expect(etagOf(await changes.next())).toBe('1');
    const second = changes.next();
    await client.flush();
    seen.etag = '2';
    client.publish('a');
    expect(etagOf(await second)).toBe('2');
    const last = changes.next();
    Object.assign(seen, { etag: '3', isOver: true });
    client.publish('a');
    expect(etagOf(await last)).toBe('3');
    expect((await changes.next()).done).toBe(true);
  });

  it('finds a change that is stored only after its write was heard', async () => {
    const { seen, changes } = written('b');
    await changes.next();
    const second = changes.next();
    await client.flush();
    const before = seen.looks;
    client.publish('b');
    await expect.poll(() => seen.looks).toBeGreaterThan(before);
    seen.etag = '2';
    expect(etagOf(await second)).toBe('2');
  });

  it('ends when it is gone, and when nobody waits any more, and leaves no subscription', async () => {
    const gone = written('c');
    gone.seen.isGone = true;
    expect((await gone.changes.next()).done).toBe(true);

    const { stop, changes } = written('d');
    await changes.next();
    const never = changes.next();
    stop.abort();
    expect((await never).done).toBe(true);

    for (const subject of ['c', 'd'])
      await expect(client.request(subject)).rejects.toBeInstanceOf(errors.RequestError);
  });
});
