import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRunning, temporaryFolder, until } from './fixtures.spec.support.ts';
import { type NatsServer, type StartNatsServerOptions, startNatsServer } from './nats-server.ts';

async function start(options?: StartNatsServerOptions): Promise<NatsServer> {
  const server = await startNatsServer(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Sends one request and returns its JSON answer. */
async function request(
  server: NatsServer,
  subject: string,
  body: unknown = '',
): Promise<Record<string, unknown>> {
  const connection = await connect({ servers: server.url });
  try {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return (await connection.request(subject, payload, { timeout: 5_000 })).json();
  } finally {
    await connection.close();
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe('a started server', () => {
  it('answers with JetStream, on a port of its own, with room for messages of 2 MiB', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(two.port);
    expect(await request(one, '$JS.API.INFO')).toMatchObject({
      type: expect.stringContaining('account_info'),
    });
    const connection = await connect({ servers: one.url });
    expect(connection.info?.max_payload).toBe(2 * 1024 * 1024);
    await connection.close();
  });

  it('takes configuration of its caller, and waits for logins without having one', async () => {
    const server = await start({
      maxPayload: 4096,
      configExtra: 'authorization { user: ada, password: pw }',
      jetstreamExtra: 'sync_interval: always',
    });
    const connection = await connect({ servers: server.url, user: 'ada', pass: 'pw' });
    expect(connection.info?.max_payload).toBe(4096);
    await connection.close();
  });

  it('leaves nothing behind when stopped, and may be stopped twice', async () => {
    const server = await startNatsServer();
    const { pid, storeDir } = server;
    await server.stop();
    await server.stop();
    expect(isRunning(pid)).toBe(false);
    expect(await exists(storeDir)).toBe(false);
  });

  it('keeps a store that its caller named', async () => {
    const storeDir = join(await temporaryFolder(), 'store');
    const server = await startNatsServer({ storeDir });
    await request(server, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s'] });
    await server.stop();
    const next = await start({ storeDir });
    expect(await request(next, '$JS.API.STREAM.INFO.S')).toMatchObject({ config: { name: 'S' } });
  });
});

describe('a crash', () => {
  it('keeps what was acknowledged, and the same port, over a restart', async () => {
    const server = await start();
    const { url, pid } = server;
    await request(server, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s'] });
    for (let i = 0; i < 10; i++) await request(server, 's', `message ${i}`);
    await server.kill('SIGKILL');
    expect(isRunning(pid)).toBe(false);
    await server.restart();
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    expect(await request(server, '$JS.API.STREAM.INFO.S')).toMatchObject({ state: { messages: 10 } });
  });

  it('that nobody asked for is told to the caller; one that was asked for is not', async () => {
    const ends: string[] = [];
    const server = await start({ onExit: (how) => ends.push(how) });
    await server.kill('SIGKILL');
    await server.restart();
    expect(ends).toEqual([]);
    process.kill(server.pid, 'SIGKILL');
    await until(() => ends.length > 0, 'onExit is called');
    expect(ends).toEqual(['by SIGKILL']);
  });

  it('can be a freeze, which ends with SIGCONT', async () => {
    const server = await start();
    await server.kill('SIGSTOP');
    expect(isRunning(server.pid)).toBe(true);
    await server.kill('SIGCONT');
    await request(server, '$JS.API.INFO');
  });
});

describe('a start that fails', () => {
  it('names the port when another process has it', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => new Promise((resolve) => listener.close(() => resolve())));
    await once(listener, 'listening');
    const { port } = listener.address() as { port: number };
    const started = startNatsServer({ port });
    await expect(started).rejects.toMatchObject({ code: 'TROUPE_BROKER_PORT_TAKEN', port });
  });

  it('shows the last lines of the log', async () => {
    const started = startNatsServer({ configExtra: 'no_such_option: 1' });
    await expect(started).rejects.toMatchObject({ code: 'TROUPE_BROKER_START_FAILED' });
    await expect(started).rejects.toThrow('no_such_option');
  });

  it('names the server that has the store already', async () => {
    const storeDir = join(await temporaryFolder(), 'store');
    const server = await start({ storeDir });
    const second = startNatsServer({ storeDir });
    await expect(second).rejects.toMatchObject({ code: 'TROUPE_BROKER_STORE_TAKEN', pid: server.pid });
  });

  it('does not take a lock for taken that a crash left behind', async () => {
    const storeDir = await temporaryFolder();
    await writeFile(join(storeDir, 'troupe-server.json'), JSON.stringify({ owner: 1, server: process.pid }));
    await start({ storeDir });
  });
});

describe('when the starter goes', () => {
  const script = `
    import { startNatsServer } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    const server = await startNatsServer();
    console.log(JSON.stringify({ pid: server.pid, storeDir: server.storeDir }));
    if (process.argv.includes('exit')) process.exit(3);
    setInterval(() => {}, 1000);`;

  it.each([['SIGKILL'], ['SIGTERM'], ['SIGINT'], ['exit']])(
    'by %s, server and temporary store go too',
    async (how) => {
      const starter = spawn(process.execPath, ['--input-type=module', '-e', script, '--', how], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(starter.stdout, 'data')) as [Buffer];
      const { pid, storeDir } = JSON.parse(line.toString()) as { pid: number; storeDir: string };
      if (how !== 'exit') starter.kill(how as NodeJS.Signals);
      await until(() => !isRunning(pid), 'the server is gone');
      await until(async () => !(await exists(storeDir)), 'its temporary store is gone');
    },
  );
});
