import { setTimeout as delay } from 'node:timers/promises';
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Connection } from '../connection/connection.ts';
import { NoStreamError } from '../errors.ts';
import { connectTo, freshPrefix, managerOf, startServer, until } from '../fixtures.spec.support.ts';
import { silentLogger } from '../logger.ts';
import { headerBlock, type OutgoingMessage } from './message.ts';
import type { PubAck } from './puback.ts';
import { Publisher } from './publisher.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer({ maxPayload: 256 * 1024 });
});
afterAll(() => server.stop());

describe('a publisher', () => {
  it('stores ten thousand messages sent at once, in their order, and says where each one is', async () => {
    const stream = await streamOn(server);
    const publisher = await publisherOn(server);
    const acks = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) =>
        publisher.publish(message(`${stream.name}.${i}`, `${i}`), 20_000),
      ),
    );
    expect(acks.map(({ seq }) => seq)).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
    expect(acks[7]).toEqual({ stream: stream.name, seq: 8, duplicate: false });
    expect((await stream.state()).messages).toBe(10_000);
    expect((await stream.at(8)).subject).toBe(`${stream.name}.7`);
    expect(publisher.pending).toBe(0);
  });

  it('stores one message that is sent twice under one id, and says so', async () => {
    const stream = await streamOn(server);
    const publisher = await publisherOn(server);
    const first = await publisher.publish(message(`${stream.name}.a`, 'id'), 5_000);
    const second = await publisher.publish(message(`${stream.name}.a`, 'id'), 5_000);
    expect([first, second]).toEqual([
      { stream: stream.name, seq: 1, duplicate: false },
      { stream: stream.name, seq: 1, duplicate: true },
    ]);
  });

  it('answers with NoStreamError when none takes the subject, and stores it when one comes in time', async () => {
    const publisher = await publisherOn(server);
    // The last of its attempts may be without an answer at the deadline: a timeout then, and asked again.
    const nowhere = freshPrefix();
    const refusal = (): Promise<unknown> =>
      publisher.publish(message(nowhere, '1'), 300).catch((error) => error);
    await until('no stream is found', async () => (await refusal()) instanceof NoStreamError);
    const name = freshPrefix();
    const stored = publisher.publish(message(`${name}.x`, '1'), 20_000);
    await streamOn(server, {}, name);
    expect(await stored).toMatchObject({ stream: name, seq: 1, duplicate: false });
  });

  it('answers with MessageTooLargeError, at once, for what the stream or the server does not take', async () => {
    const stream = await streamOn(server, { max_msg_size: 1_000 });
    const publisher = await publisherOn(server);
    await expect(publisher.publish(message(`${stream.name}.x`, '1', 2_000), 60_000)).rejects.toMatchObject({
      code: 'TROUPE_MESSAGE_TOO_LARGE',
      limit: undefined,
    });
    await expect(
      publisher.publish(message(`${stream.name}.x`, '1', 256 * 1024), 60_000),
    ).rejects.toMatchObject({
      code: 'TROUPE_MESSAGE_TOO_LARGE',
      limit: 256 * 1024,
    });
    expect((await stream.state()).messages).toBe(0);
  });

  it.each([
    ['bytes', { max_bytes: 4_096 }],
    ['messages', { max_msgs: 3 }],
  ])('answers with StreamFullError, at once, when the stream has all the %s it may', async (_what, limit) => {
    const stream = await streamOn(server, limit);
    const publisher = await publisherOn(server);
    const ends = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        publisher.publish(message(`${stream.name}.x`, `${i}`, 1_000), 60_000),
      ),
    );
    const refused = ends.filter((end) => end.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'TROUPE_STREAM_FULL' });
    expect((await stream.state()).messages).toBe(10 - refused.length);
  });

  it('answers with PublishTimeoutError when a frozen server does not, and goes on when it does', async () => {
    const frozen = await startServer();
    const stream = await streamOn(frozen);
    const publisher = await publisherOn(frozen);
    await freeze(frozen);
    const started = performance.now();
    await expect(publisher.publish(message(`${stream.name}.x`, '1'), 700)).rejects.toMatchObject({
      code: 'TROUPE_PUBLISH_TIMEOUT',
      afterMs: 700,
    });
    expect(performance.now() - started).toBeGreaterThanOrEqual(690);
    await frozen.kill('SIGCONT');
    expect(await publisher.publish(message(`${stream.name}.x`, '2'), 20_000)).toMatchObject({
      duplicate: false,
    });
  });

  it('stores each message once over kills and restarts of the server', { timeout: 60_000 }, async () => {
    const mortal = await startServer();
    const stream = await streamOn(mortal);
    const publisher = await publisherOn(mortal);
    const acks: Promise<PubAck>[] = [];
    const send = (count: number): void => {
      for (let i = 0; i < count; i++)
        acks.push(publisher.publish(message(`${stream.name}.x`, `${acks.length}`), 40_000));
    };
    for (let outage = 0; outage < 3; outage++) {
      send(300);
      await Promise.race(acks.slice(-300)); // some are acknowledged, most are on their way
      await mortal.kill('SIGKILL');
      send(300); // while it is away
      await mortal.restart();
    }
    const stored = await Promise.all(acks);
    expect(new Set(stored.map(({ seq }) => seq)).size).toBe(acks.length);
    expect((await stream.state()).messages).toBe(acks.length);
  });
});

describe('an answer', () => {
  it('that names a passing fault is followed by the same message, until it is stored', async () => {
    const answers = [
      { error: { code: 503, err_code: 10008, description: 'no leader' } },
      { error: { code: 409, err_code: 10158, description: 'in process' } },
      { stream: 'S', seq: 4 },
    ];
    const { subject, attempts } = await fakeStream(server, (reply) =>
      reply.respond(JSON.stringify(answers[attempts.length - 1])),
    );
    const publisher = await publisherOn(server);
    expect(await publisher.publish(message(subject, '1'), 10_000)).toMatchObject({ seq: 4 });
    expect(attempts.map(({ headers }) => headers?.get('Nats-Msg-Id'))).toEqual(['1', '1', '1']);
  });

  it('that comes late makes a slow stream no busier than two attempts in five seconds', {
    timeout: 20_000,
  }, async () => {
    const { subject, attempts } = await fakeStream(server, () => {});
    const publisher = await publisherOn(server);
    await expect(publisher.publish(message(subject, '1'), 5_000)).rejects.toMatchObject({
      code: 'TROUPE_PUBLISH_TIMEOUT',
    });
    expect(attempts.length).toBe(2);
  });
});

describe('while the connection is away', () => {
  it('nothing is sent again; once it is back, what waits is sent at once', { timeout: 20_000 }, async () => {
    const { subject, attempts } = await fakeStream(server, (reply) => {
      if (attempts.length > 1) reply.respond('{"stream":"S","seq":1}');
    });
    const client = await connectTo(server);
    let isConnected = false;
    const publisher = new Publisher(client, () => isConnected);
    onTestFinished(() => publisher.close());
    const stored = publisher.publish(message(subject, '1'), 60_000);
    await until('it is on its way', () => attempts.length === 1);
    await delay(2_500); // longer than a first attempt may take
    expect(attempts).toHaveLength(1);
    isConnected = true;
    expect(await stored).toMatchObject({ seq: 1 });
  });
});

describe('a closed publisher', () => {
  it('answers what is pending, once, and what comes later, and leaves neither timer nor interest', async () => {
    const cleared = vi.spyOn(globalThis, 'clearInterval');
    const begun = vi.spyOn(globalThis, 'setInterval');
    onTestFinished(() => void vi.restoreAllMocks());
    const held: Msg[] = [];
    const { subject } = await fakeStream(server, (reply) => held.push(reply));
    const publisher = await publisherOn(server);
    const pending = vi.fn();
    publisher.send(message(subject, '1'), 60_000, pending);
    await until('the message is on its way', () => held.length === 1);
    publisher.close();
    publisher.close();
    const late = vi.fn();
    publisher.send(message(subject, '2'), 60_000, late);
    const unavailable = expect.objectContaining({ code: 'TROUPE_BROKER_UNAVAILABLE' });
    expect(pending.mock.calls).toEqual([[unavailable, undefined]]);
    expect(late.mock.calls).toEqual([[unavailable, undefined]]);
    expect(publisher.pending).toBe(0);
    for (const { value } of begun.mock.results) expect(cleared).toHaveBeenCalledWith(value);
    // The late answer finds nobody: the broker itself says that no one listens on the inbox any more.
    const client = await connectTo(server);
    await expect(client.request(held[0]?.reply ?? '', '{"stream":"S","seq":1}')).rejects.toThrow(
      'no responders',
    );
    expect(pending).toHaveBeenCalledTimes(1);
  });

  it('on a connection that is closed already still closes', async () => {
    const { publisher, connection } = await connected(server);
    await connection.close();
    const done = vi.fn();
    publisher.send(message('x', '1'), 60_000, done);
    expect(done.mock.calls[0]?.[0]).toMatchObject({ code: 'TROUPE_BROKER_UNAVAILABLE' });
    publisher.close();
  });
});

function message(subject: string, id: string, bytes = 10): OutgoingMessage {
  return {
    subject,
    messageId: id,
    headers: headerBlock([['Nats-Msg-Id', id]]),
    payload: Buffer.alloc(bytes, 'x'),
  };
}

async function connected(to: NatsServer): Promise<{ publisher: Publisher; connection: Connection }> {
  const connection = new Connection({ servers: to.url }, silentLogger);
  onTestFinished(() => connection.close());
  const publisher = new Publisher(await connection.connected(), () => connection.state === 'connected');
  onTestFinished(() => publisher.close());
  return { publisher, connection };
}

async function publisherOn(to: NatsServer): Promise<Publisher> {
  return (await connected(to)).publisher;
}

/** Stops the server in its tracks; resolves when it does nothing any more. */
async function freeze(to: NatsServer): Promise<void> {
  const client = await connectTo(to);
  await to.kill('SIGSTOP');
  await until('it answers no ping', () =>
    Promise.race([client.flush().then(() => false), delay(300).then(() => true)]),
  );
}

/** A stream of its own on `<name>.>` that refuses when it is full. */
async function streamOn(to: NatsServer, config: Partial<StreamConfig> = {}, name = freshPrefix()) {
  const manager: JetStreamManager = await managerOf(to);
  await manager.streams.add({ name, subjects: [`${name}.>`], discard: 'new', ...config });
  return {
    name,
    state: async () => (await (await managerOf(to)).streams.info(name)).state,
    at: async (seq: number) => {
      const stored = await manager.streams.getMessage(name, { seq });
      if (stored === null) throw new Error(`nothing at ${seq}`);
      return stored;
    },
  };
}

/** Plays a stream: answers publishes as it is told, and keeps them. */
async function fakeStream(to: NatsServer, answer: (message: Msg) => void) {
  const client: NatsConnection = await connectTo(to);
  const subject = createInbox('fake');
  const attempts: Msg[] = [];
  client.subscribe(subject, {
    callback: (_error, received) => {
      attempts.push(received);
      answer(received);
    },
  });
  await client.flush();
  return { subject, attempts };
}
