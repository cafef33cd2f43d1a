import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/nats-core';
import type { NatsServer } from '@troupe/broker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keptLog, runtimeOf, startServer, stepOf, until } from '../fixtures.spec.support.ts';
import { certificate } from './certificate.spec.support.ts';
import { Connection, type ConnectionOptions } from './connection.ts';

describe('a connection with a key', () => {
  it('logs on as the user that the broker knows by its public half', async () => {
    const { keyFile, user } = keyOf();
    const server = await startServer({ configExtra: usersOf(user) });
    const { connection } = connectionTo(server, { keyFile });
    const client = await connection.connected();
    expect(client.info?.auth_required).toBe(true);
    await client.flush();
  });

  it('says who is refused and what to do, again and again until the broker knows the user', async () => {
    const { keyFile, user } = keyOf();
    const server = await startServer({ configExtra: usersOf(keyOf().user) });
    const { connection, log } = connectionTo(server, { keyFile });
    let refused = 0;
    connection.onRefused(() => refused++);
    connection.connected().catch(() => {}); // closed with the test
    await until('it is tried again', () => refused > 2);
    const said = log.lines.filter((line) => line.includes('refuses'));
    expect(said).toEqual([expect.stringMatching(/^error: .*NATS_NKEY_FILE/)]);
    expect(said[0]).toContain(`the user with the key ${user}`);
    expect(connection.refusal).toMatchObject({
      code: 'TROUPE_BROKER_REFUSED',
      user: expect.stringContaining(user),
    });
    expect(connection.state).toBe('connecting');
  });

  it('makes an app that is refused say so where it says why it is not ready', async () => {
    const { keyFile, user } = keyOf();
    const server = await startServer({ configExtra: usersOf(keyOf().user) });
    const runtime = runtimeOf(server, { connection: { servers: server.url, keyFile }, steps: [stepOf()] });
    void runtime.start();
    await until('it says so', () => runtime.status().problems.some((problem) => problem.includes(user)));
  });

  it.each([
    ['that is not there', undefined, 'cannot be read: ENOENT'],
    ['with something else in it', 'SUABCDEF', 'holds no nkey seed'],
    ['with the public half', keyOf().user, 'holds no nkey seed'],
    ['of an account', seedOf(nkeys.createAccount()), 'which is no user'],
    [
      'that is far too large',
      `${seedOf(nkeys.createUser())}${' '.repeat(2_000)}`,
      'is larger than 1024 bytes',
    ],
  ])('is not made of a file %s, and shows nothing of it', (_what, text, problem) => {
    const keyFile = text === undefined ? '/no/such/file' : fileOf(text);
    const made = () => new Connection({ keyFile }, keptLog());
    expect(made).toThrow(expect.objectContaining({ code: 'TROUPE_CREDENTIALS', file: keyFile }));
    expect(made).toThrow(problem);
    if (text?.startsWith('S') === true) expect(made).not.toThrow(text.trim());
  });
});

describe('what the broker does not allow', () => {
  it('is said with its subject, each once', async () => {
    const { keyFile, user } = keyOf();
    const server = await startServer({
      configExtra: usersOf(user, '{ publish: "mine.>", subscribe: "mine.>" }'),
    });
    const { connection, log } = connectionTo(server, { keyFile });
    const client = await connection.connected();
    for (let n = 0; n < 100; n++) client.publish('yours.x');
    client.publish('yours.y');
    client.subscribe('theirs.>', { callback: () => {} });
    await until('the last is in the log', () => log.lines.some((line) => line.includes('theirs.>')));
    const who = `error: Permissions violation: the broker does not let the user with the key ${user}`;
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([
      `${who} publish on yours.x.`,
      `${who} publish on yours.y.`,
      `${who} subscribe to theirs.>.`,
    ]);
  });
});

describe('an app', () => {
  it('is answered where nobody else may listen', async () => {
    const { keyFile, user } = keyOf();
    const permissions = '{ publish: ">", subscribe: ["_INBOX_storefront.>", "$SRV.>"] }';
    const server = await startServer({ configExtra: usersOf(user, permissions) });
    const runtime = runtimeOf(server, { connection: { servers: server.url, keyFile }, steps: [stepOf()] });
    await runtime.start();
    expect(runtime.status()).toEqual({ ready: true, problems: [] });
  });
});

describe('a connection with authorities', () => {
  it('speaks TLS alone, with a broker whose certificate one of them signed', async () => {
    const { cert, key } = certificate();
    const [certFile, keyFile] = [fileOf(cert), fileOf(key)];
    const server = await startServer({
      configExtra: `tls { cert_file: "${certFile}", key_file: "${keyFile}" }`,
    });
    await connectionTo(server, { caFile: certFile }).connection.connected();
    const other = connectionTo(server, { caFile: fileOf(certificate().cert) });
    other.connection.connected().catch(() => {}); // closed with the test
    await until('it says so', () => other.log.lines.some((line) => /^warn: .*certificate/.test(line)));
    const plain = connectionTo(await startServer(), { caFile: certFile });
    plain.connection.connected().catch(() => {});
    await until('it says so', () => plain.log.lines.some((line) => /^warn: .*'tls'/.test(line)));
  });

  it('is not made of a file without a certificate', () => {
    const caFile = fileOf('none');
    expect(() => new Connection({ caFile }, keptLog())).toThrow(
      `The file ${caFile} holds no certificate in PEM.`,
    );
  });
});

function connectionTo({ url }: Pick<NatsServer, 'url'>, options: ConnectionOptions) {
  const log = keptLog();
  const connection = new Connection({ servers: url, ...options }, log);
  onTestFinished(() => connection.close());
  return { connection, log };
}

/** Permissions to all unless told otherwise. */
function usersOf(user: string, permissions = '{ publish: ">", subscribe: ">" }'): string {
  return `authorization { users: [{ nkey: ${user}, permissions: ${permissions} }] }`;
}

function keyOf(): { readonly keyFile: string; readonly user: string } {
  const pair = nkeys.createUser();
  return { keyFile: fileOf(`${seedOf(pair)}\n`), user: pair.getPublicKey() };
}

function seedOf(pair: ReturnType<typeof nkeys.createUser>): string {
  return Buffer.from(pair.getSeed()).toString();
}

const folder = mkdtempSync(join(tmpdir(), 'troupe-access-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function fileOf(text: string): string {
  const file = join(folder, String(files++));
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
