import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsServer } from '@troupe/broker';
import { Contract } from '@troupe/contract';
import { next, Runtime, silentLogger, TerminalError } from '@troupe/jetstream';
import type { Whereabouts } from '@troupe/ledger';
import { IsString } from 'class-validator';
import { type Ended, troupeHere } from '../command-line.spec.support.ts';
import { until } from '../workshop.spec.support.ts';
import { here, NODE_COMPILE_CACHE } from '../workspace/fixture.spec.support.ts';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'shop' })
class OrderPlaced {
  @IsString()
  orderId!: string;
}

@Contract({ type: 'payment.authorized', version: 1, kind: 'event', owner: 'shop' })
class PaymentAuthorized {
  @IsString()
  orderId!: string;
}

/** The command and the console run built: this builds both, in a second when nothing changed. */
export async function build(): Promise<void> {
  const projects = ['tools/cli', 'apps/console'].map((project) => join(here, project));
  await once(execFile(join(here, 'node_modules/.bin/tsc'), ['-b', ...projects]), 'close');
}

/** A shop with two steps, a console that watches it, and the command line beside them. */
export class WatchedShop {
  private constructor(
    private readonly runtime: Runtime,
    private readonly watcher: ChildProcess,
    readonly url: string,
  ) {}

  static async on(server: NatsServer): Promise<WatchedShop> {
    const runtime = new Runtime({
      app: 'shop',
      version: '1.0.0',
      connection: { servers: server.url },
      log: silentLogger,
      produces: [OrderPlaced],
      steps: [
        {
          name: 'authorize',
          on: [OrderPlaced],
          emits: [PaymentAuthorized],
          from: 'beginning',
          handle: (order) => {
            const { orderId } = order as OrderPlaced;
            if (orderId.startsWith('broken')) throw new TerminalError(`no provider for ${orderId}`);
            return next(PaymentAuthorized, { orderId });
          },
        },
        { name: 'ship', on: [PaymentAuthorized], emits: [], from: 'beginning', handle: () => {} },
      ],
    });
    await runtime.start();
    const watcher = spawn(process.execPath, [join(here, 'apps/console/dist/main.js')], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE,
        NATS_URL: server.url,
        PORT: '0',
        TROUPE_DATA: 'memory',
        LOG_FORMAT: 'json',
      },
      cwd: tmpdir(), // where there is no choreography.lock
    });
    const url = await addressOf(watcher);
    // What is acknowledged before is done, but nobody heard when.
    await until('its ledger is open', async () => (await fetch(`${url}/flows`)).ok);
    return new WatchedShop(runtime, watcher, url);
  }

  /** Resolves when the order is stored, to its flow. */
  async order(orderId: string): Promise<string> {
    const { flowId } = await this.runtime.producer.send(OrderPlaced, { orderId }, { id: orderId });
    return flowId;
  }

  /** The console knows where the order is, and that is as wanted. */
  async isKnown(orderId: string, state: string): Promise<void> {
    await until(`${orderId} is ${state}`, async () => {
      const answer = await fetch(`${this.url}/where/${orderId}`);
      if (!answer.ok) return false;
      const { flows } = (await answer.json()) as Whereabouts;
      return flows[0]?.state === state;
    });
  }

  /** Runs `troupe …` to its end, in this process. */
  run(...args: string[]): Promise<Ended> {
    return troupeHere({ TROUPE_CONSOLE_URL: this.url }, ...args);
  }

  /** Begins `troupe …` as a process. */
  begin(...args: string[]): ChildProcess {
    const bin = join(here, 'tools/cli/bin/troupe.mjs');
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TROUPE_CONSOLE_URL: this.url };
    const child = spawn(process.execPath, [bin, ...args], { env });
    child.stdin.end();
    return child;
  }

  async close(): Promise<void> {
    this.watcher.kill('SIGTERM');
    await once(this.watcher, 'exit');
    await this.runtime.stop(1_000);
  }
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  let log = '';
  stdout?.on('data', (bytes: Buffer) => {
    log += bytes.toString();
  });
  const address = () => /listening on (http:\/\/[\w.:]+)/.exec(log)?.[1];
  await until('the console listens', () => address() !== undefined, 120_000);
  return address() ?? '';
}
