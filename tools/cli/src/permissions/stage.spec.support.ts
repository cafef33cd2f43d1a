import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { expect } from 'vitest';
import { type Ended, troupeHere } from '../command-line.spec.support.ts';
import { build, endOf } from '../workshop.spec.support.ts';
import { here, NODE_COMPILE_CACHE } from '../workspace/fixture.spec.support.ts';

export const HOME_APPS = [
  'storefront',
  'payments',
  'inventory',
  'shipping',
  'notifications',
  'fulfilment',
  'picking',
  'packing',
] as const;

/** A user as `troupe permissions --json` has it. */
export interface PermittedUser {
  readonly user: string;
  readonly key: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

interface PermittedAccount {
  readonly account: string;
  readonly apiPrefix?: string;
  readonly users: readonly PermittedUser[];
}

type Command = readonly [program: string, ...args: string[]];

/** A user that the carrier's organisation has besides, who may do there what they like. */
const INTRUDER = '{ user: intruder, password: intruder }';

/** A broker that runs with the permissions of the order system, its topology made by the operator. */
export class Stage {
  readonly #open: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly server: NatsServer,
    readonly accounts: readonly PermittedAccount[],
    private readonly folder: string,
  ) {}

  static async make(): Promise<Stage> {
    await build(['apps/console', ...HOME_APPS.map((app) => `apps/${app}`)]);
    const folder = await mkdtemp(join(tmpdir(), 'troupe-permissions-'));
    const written = await troupe({}, 'permissions', '--keys', folder, '--out', folder, '--json');
    expect(written).toMatchObject({ code: 0 });
    const permissions = await readFile(join(folder, 'permissions.conf'), 'utf8');
    const configExtra = permissions.replace(/(CARRIER \{\s+users: \[)/, `$1 ${INTRUDER}`);
    expect(configExtra).toContain(INTRUDER);
    const server = await startNatsServer({ configExtra });
    const stage = new Stage(server, JSON.parse(written.out) as PermittedAccount[], folder);
    stage.#open.push(() => server.stop());
    expect(await stage.troupe('topology', 'apply', '--yes')).toMatchObject({ code: 0 });
    return stage;
  }

  get users(): readonly PermittedUser[] {
    return this.accounts.flatMap(({ users }) => users);
  }

  rightsOf(user: string): PermittedUser {
    const found = this.users.find((one) => one.user === user);
    if (found === undefined) throw new Error(`no user ${user}`);
    return found;
  }

  keyFile(user: string): string {
    return join(this.folder, `${user}.nk`);
  }

  apiPrefixOf(user: string): string | undefined {
    return this.accounts.find(({ users }) => users.some((one) => one.user === user))?.apiPrefix;
  }

  /** Runs `troupe …` as the operator to its end. */
  troupe(...args: string[]): Promise<Ended> {
    return troupe(this.environmentOf('operator'), ...args);
  }

  /** The same in this process, of what reads no built packages. */
  operate(...args: string[]): Promise<Ended> {
    return troupeHere(this.environmentOf('operator'), ...args);
  }

  environmentOf(user: string): NodeJS.ProcessEnv {
    const prefix = this.apiPrefixOf(user);
    return {
      NATS_URL: this.server.url,
      NATS_NKEY_FILE: this.keyFile(user),
      ...(prefix !== undefined && { TROUPE_API_PREFIX: prefix }),
    };
  }

  /** A plain client that logs on as a user. */
  async connect(user: string): Promise<NatsConnection> {
    const seed = await readFile(this.keyFile(user));
    const client = await connect({
      servers: this.server.url,
      authenticator: nkeyAuthenticator(Buffer.from(seed.toString().trim())),
      inboxPrefix: user === 'operator' ? '_INBOX_troupe-cli' : `_INBOX_${user}`,
    });
    this.#open.push(() => client.close());
    return client;
  }

  /** A client in the carrier's account that no permission binds. */
  async connectAsIntruder(): Promise<NatsConnection> {
    const client = await connect({ servers: this.server.url, user: 'intruder', pass: 'intruder' });
    this.#open.push(() => client.close());
    return client;
  }

  /** Runs an app of the order system with its own rights; resolves with where it listens once it is ready. */
  async run(
    app: string,
    variables: NodeJS.ProcessEnv = {},
    [program, ...args]: Command = [process.execPath, join(here, 'apps', app, 'dist/main.js')],
  ): Promise<string> {
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE,
      LOG_FORMAT: 'json',
      PORT: '0',
      TROUPE_DATA: 'memory',
      TROUPE_TOPOLOGY: 'verify',
      TROUPE_SHUTDOWN_GRACE_MS: '1000',
      ...this.environmentOf(app),
      ...variables,
    };
    const child = spawn(program, args, { env, cwd: here });
    this.#open.push(() => ended(child));
    const url = await listening(app, child, (line) => this.log.push(`${app}: ${line}`));
    return url;
  }

  /** Ended before the broker is. */
  endsWith(end: () => Promise<unknown>): void {
    this.#open.push(end);
  }

  /** What apps wrote. */
  readonly log: string[] = [];

  async close(): Promise<void> {
    for (const end of this.#open.reverse()) await end();
    await rm(this.folder, { recursive: true });
  }
}

function troupe(variables: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  const bin = join(here, 'tools/cli/bin/troupe.mjs');
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...variables };
  const child = spawn(process.execPath, [bin, ...args], { env, cwd: here });
  child.stdin.end();
  return endOf(child);
}

function listening(app: string, child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (bytes: Buffer): void => {
      const lines = (text + bytes.toString()).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        onLine(line);
        const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(/listening on/.test(line) ? line : '') ?? [];
        if (url !== undefined) resolve(url);
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${app} ended with ${code}: ${text}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await end;
  clearTimeout(late);
}
