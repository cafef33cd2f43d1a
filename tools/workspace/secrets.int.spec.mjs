import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apps } from './apps.mjs';
import { root } from './paths.mjs';

const run = promisify(execFile);
const missing = await run('openssl', ['version']).then(
  () => undefined,
  () => 'openssl is not installed',
);
/** Builds what changed, on a machine with much else to do. */
const LONGEST = 300_000;
const DAY = 86_400_000;

describe('deploy/compose/secrets.sh', () => {
  if (missing !== undefined) {
    it('makes keys, permissions and certificates', (context) => context.skip(missing));
    return;
  }
  let folder = '';
  const text = (path) => readFile(join(folder, path), 'utf8');
  const certificate = async (path) => new X509Certificate(await text(path));
  const mode = async (path) => ((await stat(join(folder, path))).mode & 0o777).toString(8);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'troupe-secrets-'));
    await makeSecrets(folder);
  }, LONGEST);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('makes a key for each app, and for the operator, which the permissions name', async () => {
    const seeds = (await readdir(join(folder, 'keys'))).filter((file) => file.endsWith('.nk'));
    expect(seeds.sort()).toEqual([...apps, 'operator'].map((user) => `${user}.nk`).sort());
    const permissions = await text('broker/permissions.conf');
    for (const key of Object.values(JSON.parse(await text('keys/public.json'))))
      expect(permissions).toContain(`nkey: ${key}`);
  });

  it('has the authority sign a certificate for a year, with the names that the broker is reached by', async () => {
    const authority = await certificate('ca.crt');
    const broker = await certificate('broker/broker.crt');
    expect(authority.ca).toBe(true);
    expect(broker.verify(authority.publicKey)).toBe(true);
    expect(broker.ca).toBe(false);
    expect([broker.checkHost('broker'), broker.checkHost('localhost')]).not.toContain(undefined);
    expect(broker.checkIP('127.0.0.1')).toBe('127.0.0.1');
    const days = (Date.parse(broker.validTo) - Date.now()) / DAY;
    expect(Math.round(days)).toBe(365);
  });

  it("lets the users of containers read what is mounted, nobody else into the folder, and nobody the authority's key", async () => {
    expect(await mode('.')).toBe('700');
    expect(await mode('ca.key')).toBe('600');
    for (const mounted of ['ca.crt', 'keys/payments.nk', 'broker/broker.key', 'broker/permissions.conf'])
      expect(await mode(mounted), mounted).toMatch(/^[67]44$/);
  });

  it(
    'keeps keys and authority when it is run again, and renews the certificate',
    async () => {
      const before = [await text('keys/payments.nk'), await text('ca.crt')];
      const { serialNumber } = await certificate('broker/broker.crt');
      await makeSecrets(folder);
      expect([await text('keys/payments.nk'), await text('ca.crt')]).toEqual(before);
      const renewed = await certificate('broker/broker.crt');
      expect(renewed.serialNumber).not.toBe(serialNumber);
      expect(renewed.verify((await certificate('ca.crt')).publicKey)).toBe(true);
    },
    LONGEST,
  );
});

function makeSecrets(folder) {
  return run('sh', ['deploy/compose/secrets.sh'], {
    cwd: root,
    env: { ...process.env, TROUPE_SECRETS: folder },
  });
}
