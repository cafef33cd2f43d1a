import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from '@troupe/broker';
import { Contract, contractOf, Sensitive } from '@troupe/contract';
import { Names, Runtime, type StreamSettings, silentLogger, TerminalError } from '@troupe/jetstream';
import { IsOptional, IsString } from 'class-validator';
import { onTestFinished } from 'vitest';
import { type Ended, troupeHere } from './command-line.spec.support.ts';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'shop' })
class OrderPlaced {
  @IsString()
  orderId!: string;

  @IsOptional()
  @IsString()
  @Sensitive()
  token?: string;
}

const workspace = join(import.meta.dirname, '../../..');
const MIB = 1024 * 1024;

/** The apps of the order system that a workspace is read from. */
const APPS = [
  'storefront',
  'payments',
  'inventory',
  'shipping',
  'notifications',
  'fulfilment',
  'picking',
  'packing',
];

/** Builds the command and the whole order system, which it reads as a workspace. */
export function buildOrderSystem(): Promise<void> {
  return build(APPS.map((app) => `apps/${app}`));
}

/** The command runs built: this builds it, and the packages that it reads, in a second when nothing changed. */
export async function build(read: readonly string[] = ['libs/contracts/order']): Promise<void> {
  const folders = ['tools/cli', ...read].map((folder) => join(workspace, folder));
  await once(execFile(join(workspace, 'node_modules/.bin/tsc'), ['-b', ...folders]), 'close');
}

let prefixes = 0;

/** An app with two steps on one event, of which one can be broken, and the command line beside it. */
export class Workshop {
  broken = true;
  readonly authorized: string[] = [];
  readonly counted: string[] = [];

  private constructor(
    private readonly server: NatsServer,
    readonly prefix: string,
    private readonly runtime: Runtime,
    private readonly client: NatsConnection,
    private readonly manager: Awaited<ReturnType<typeof jetstreamManager>>,
  ) {}

  static async on(server: NatsServer, streams: StreamSettings = {}): Promise<Workshop> {
    const prefix = `t${++prefixes}`;
    const seen: { workshop?: Workshop } = {};
    const runtime = new Runtime({
      app: 'shop',
      version: '1.0.0',
      prefix,
      connection: { servers: server.url },
      log: silentLogger,
      produces: [OrderPlaced],
      streams: {
        eventsMaxBytes: 32 * MIB,
        deadLettersMaxBytes: 32 * MIB,
        noticesMaxBytes: 8 * MIB,
        ...streams,
      },
      steps: [
        {
          name: 'authorize',
          on: [OrderPlaced],
          emits: [],
          from: 'beginning',
          handle: (data) => {
            const { orderId } = data as OrderPlaced;
            seen.workshop?.authorized.push(orderId);
            if (seen.workshop?.broken !== false) throw new TerminalError(`no provider for ${orderId}`);
          },
        },
        {
          name: 'count',
          on: [OrderPlaced],
          emits: [],
          from: 'beginning',
          handle: (data) => {
            seen.workshop?.counted.push((data as OrderPlaced).orderId);
          },
        },
      ],
    });
    onTestFinished(() => runtime.stop());
    await runtime.start();
    const client = await connect({ servers: server.url });
    onTestFinished(() => client.close());
    const workshop = new Workshop(server, prefix, runtime, client, await jetstreamManager(client));
    seen.workshop = workshop;
    return workshop;
  }

  get names(): Names {
    return this.runtime.names;
  }

  /** Dead-letters so many orders: letters 1 to `count`. */
  async deadLetter(count: number): Promise<void> {
    const orders = Array.from({ length: count }, (_, n) => ({ orderId: `order-${n + 1}` }));
    await Promise.all(
      orders.map((order) =>
        this.runtime.producer.send(OrderPlaced, order, { flowId: order.orderId, timeoutMs: 30_000 }),
      ),
    );
    await until('all are dead-lettered', async () => {
      const { state } = await this.manager.streams.info(this.names.deadLetters);
      return state.messages === count && this.counted.length === count;
    });
  }

  /** Dead-letters an order, and a message of a contract that nobody knows. */
  async deadLetterSensitive(order: OrderPlaced, unknown: object): Promise<void> {
    await this.runtime.producer.send(OrderPlaced, order);
    const own = headers();
    for (const [name, value] of Object.entries({
      specversion: '1.0',
      id: '1',
      source: '/f',
      type: 'order.gone.v1',
    }))
      own.append(`ce-${name}`, value);
    const subject = `${this.names.contractSubject(contractOf(OrderPlaced))}.0`;
    await this.client.request(subject, JSON.stringify(unknown), { headers: own, timeout: 10_000 });
    await until('all are dead-lettered', async () => {
      const { state } = await this.manager.streams.info(this.names.deadLetters);
      return state.messages === 3;
    });
  }

  /** What was sent to the step alone. */
  async redriven(): Promise<StoredMsg[]> {
    const found: StoredMsg[] = [];
    const subject = `${this.names.redriveSubject('shop', 'authorize')}.*`;
    for (let seq = 1; ; seq = (found.at(-1)?.seq ?? 0) + 1) {
      const next = await this.manager.direct.getMessage(this.names.delayed('shop'), {
        seq,
        next_by_subj: subject,
      });
      if (next === null) return found;
      found.push(next);
    }
  }

  /** Whether a sweep has opened its consumer. */
  async sweeps(): Promise<boolean> {
    const { state } = await this.manager.streams.info(this.names.notices);
    return state.consumer_count > 0;
  }

  /** Runs `troupe dead-letters …` to its end, in this process. */
  run(...args: string[]): Promise<Ended> {
    return troupeHere(this.variables, 'dead-letters', ...args);
  }

  /** Runs `troupe topology prune …` to its end, in this process. */
  prune(...args: string[]): Promise<Ended> {
    return troupeHere(this.variables, 'topology', 'prune', ...args);
  }

  /** Begins `troupe dead-letters …` as a process, which ends with the test. */
  begin(...args: string[]): ChildProcess {
    const bin = join(workspace, 'tools/cli/bin/troupe.mjs');
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...this.variables };
    const child = spawn(process.execPath, [bin, 'dead-letters', ...args], { env, cwd: workspace });
    child.stdin.end();
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  /** Where its broker and its environment are. */
  get variables(): NodeJS.ProcessEnv {
    return { NATS_URL: this.server.url, TROUPE_PREFIX: this.prefix };
  }

  /** How many messages EVENTS holds. */
  async events(): Promise<number> {
    return (await this.manager.streams.info(this.names.events)).state.messages;
  }
}

/** What a process wrote until it ended. */
export async function endOf(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(20);
  }
}

/** The lines of a JSON Lines output. */
export function linesOf<T>({ out }: Ended): T[] {
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
