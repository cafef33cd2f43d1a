import { createServer } from 'node:net';
import type { NatsServer, StartNatsServerOptions } from '@troupe/broker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keptLog, startServer, until } from '../fixtures.spec.support.ts';
import { Connection, type ConnectionOptions } from './connection.ts';

describe('a connection', () => {
  it('is made when first asked for, once', async () => {
    const { connection, server } = await connectionTo();
    expect(connection.state).toBe('connecting');
    expect(() => connection.client).toThrow(expect.objectContaining({ code: 'TROUPE_BROKER_UNAVAILABLE' }));
    const [one, two] = await Promise.all([connection.connected(), connection.connected()]);
    expect(one).toBe(two);
    expect(connection.client).toBe(one);
    expect(connection.state).toBe('connected');
    expect(one.getServer()).toBe(`127.0.0.1:${server.port}`);
  });

  it('logs on with the credentials of the address, which no sentence tells', async () => {
    const { connection, log, server } = await connectionTo(
      {
        configExtra: 'authorization { user: ada, password: "s3cret" }',
      },
      (port) => ({ servers: `nats://ada:s3cret@127.0.0.1:${port}` }),
    );
    await connection.connected();
    await server.kill();
    await until('it is noticed', () => connection.state === 'disconnected');
    expect(() => connection.assertConnected()).toThrow(/^The broker at 127\.0\.0\.1:\d+ is disconnected\.$/);
    expect(log.lines.join()).not.toContain('s3cret');
  });

  it('waits for a broker that comes later, and says so', async () => {
    const server = await startServer();
    await server.kill();
    const log = keptLog();
    const connection = new Connection({ servers: server.url }, log);
    onTestFinished(() => connection.close());
    const connected = connection.connected();
    await until('it says so', () =>
      log.lines.some((line) => /^warn: .* does not answer; waiting for it/.test(line)),
    );
    expect(connection.state).toBe('connecting');
    expect(() => connection.assertConnected()).toThrow(
      expect.objectContaining({ code: 'TROUPE_BROKER_UNAVAILABLE' }),
    );
    await server.restart();
    await connected;
    connection.assertConnected();
  });

  it('outlives the broker, and says once that it went and once that it came back', async () => {
    const { connection, server, log } = await connectionTo();
    await connection.connected();
    let reconnects = 0;
    connection.onReconnect(() => reconnects++);
    const port = server.port;
    await server.kill();
    await until('it is noticed', () => connection.state === 'disconnected');
    // Something begins as a broker does, and hangs up: the client tells of one more disconnect, and of a reconnect each.
    let tries = 0;
    const listener = createServer((socket) => {
      tries++;
      socket.on('error', () => {});
      socket.write('INFO {"version":"2.12.0","headers":true,"max_payload":1048576}\r\n');
      socket.once('data', () => socket.destroy());
    });
    await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
    await until('it tried', () => tries > 0);
    await new Promise((resolve) => listener.close(resolve));
    await server.restart();
    await until('it is back', () => reconnects > 0);
    await connection.client.flush();
    expect(reconnects).toBe(1);
    expect(log.lines.filter((line) => line.includes('went away'))).toHaveLength(1);
    expect(log.lines.filter((line) => line.includes('reconnected'))).toHaveLength(1);
  });

  it('leaves a frozen broker within seconds', async () => {
    const { connection, server } = await connectionTo();
    await connection.connected();
    await server.kill('SIGSTOP');
    await until('it is noticed', () => connection.state === 'disconnected', 10_000);
    await server.kill('SIGCONT');
    await until('it is back', () => connection.state === 'connected');
  });

  it('says what the broker refuses', async () => {
    const { connection, log } = await connectionTo(
      {
        configExtra:
          'authorization { users: [{ user: a, password: b, permissions: { publish: "mine.>" } }] }',
      },
      (port) => ({ servers: `nats://a:b@127.0.0.1:${port}` }),
    );
    (await connection.connected()).publish('yours.x');
    await until('it is in the log', () =>
      log.lines.some((line) => /^error: .*Permissions Violation.*yours\.x/i.test(line)),
    );
  });
});

describe('closing a connection', () => {
  it('sends what is buffered', async () => {
    const { connection, server } = await connectionTo();
    const listening = (await connectionTo(server)).connection;
    let heard = 0;
    (await listening.connected()).subscribe('x', { callback: () => void heard++ });
    await listening.client.flush();
    const client = await connection.connected();
    for (let i = 0; i < 1_000; i++) client.publish('x');
    await connection.close();
    await until('all is heard', () => heard === 1_000);
    expect(client.isClosed()).toBe(true);
  });

  it('before it was asked for, while it waits, and twice, ends it', async () => {
    const server = await startServer();
    await server.kill();
    const never = new Connection({ servers: server.url }, keptLog());
    await never.close();
    await expect(never.connected()).rejects.toMatchObject({ code: 'TROUPE_BROKER_UNAVAILABLE' });
    const waiting = new Connection({ servers: server.url }, keptLog());
    const connected = waiting.connected();
    await Promise.all([waiting.close(), waiting.close()]);
    await expect(connected).rejects.toMatchObject({ code: 'TROUPE_BROKER_UNAVAILABLE' });
    expect(waiting.state).toBe('closed');
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'takes seconds at most when the broker went by %s',
    async (signal) => {
      const { connection, server } = await connectionTo();
      const client = await connection.connected();
      await server.kill(signal);
      if (signal === 'SIGKILL') await until('it is noticed', () => connection.state === 'disconnected');
      const asked = performance.now();
      await connection.close();
      expect(performance.now() - asked).toBeLessThan(4_000);
      expect(client.isClosed()).toBe(true);
      expect(connection.state).toBe('closed');
    },
  );
});

async function connectionTo(
  to: NatsServer | StartNatsServerOptions = {},
  options: (port: number) => ConnectionOptions = (port) => ({ servers: `nats://127.0.0.1:${port}` }),
) {
  const server = 'pid' in to ? to : await startServer(to);
  const log = keptLog();
  const connection = new Connection(options(server.port), log);
  onTestFinished(() => connection.close());
  return { connection, server, log };
}
