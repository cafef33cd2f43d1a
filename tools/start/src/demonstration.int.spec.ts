import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { startNatsServer } from '@troupe/broker';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Arguments } from './arguments.ts';
import { demonstrate, type Surroundings } from './demonstration.ts';
import {
  AlreadyRunningError,
  AppPortTakenError,
  EndedEarlyError,
  HomeError,
  OrderRefusedError,
} from './errors.ts';
import { fakeApps, isRunning, listens, temporaryFolder, until } from './fixtures/surroundings.ts';
import { SAMPLES } from './samples.ts';

const onceOnFreePorts: Arguments = { once: true, port: 0, brokerPort: 0 };

let output: string[];

beforeEach(() => {
  output = [];
  for (const stream of ['log', 'error'] as const) {
    vi.spyOn(console, stream).mockImplementation((text) => void output.push(String(text)));
  }
});
afterEach(() => vi.restoreAllMocks());

function shown(): string {
  return output.join('\n');
}

async function surroundings(over: Partial<Surroundings> = {}): Promise<Surroundings> {
  return {
    apps: fakeApps(),
    env: { ...process.env, NATS_URL: '', TROUPE_HOME: await temporaryFolder() },
    stop: new AbortController().signal,
    ...over,
  };
}

interface Running {
  readonly running: Promise<number>;
  readonly home: string;
  stop(): void;
}

/** A demonstration whose sample flows ended. */
async function thatGoesOn(over: Partial<Surroundings> = {}): Promise<Running> {
  const stop = new AbortController();
  const home = await temporaryFolder();
  const env = { ...process.env, NATS_URL: '', TROUPE_HOME: home };
  const all = await surroundings({ env, stop: stop.signal, ...over });
  const running = demonstrate({ ...onceOnFreePorts, once: false }, all);
  running.catch(() => undefined);
  await until(() => shown().includes('until Ctrl-C'), 'the sample flows ended');
  return { running, home, stop: () => stop.abort() };
}

/** The process id and the port that were shown for an app. */
function shownOf(app: string): { pid: number; port: number } {
  const [, port, pid] = new RegExp(`${app} +http:\\S+:(\\d+) \\(process (\\d+)`).exec(shown()) ?? [];
  return { pid: Number(pid), port: Number(port) };
}

function shownOfBroker(): { pid: number; port: number } {
  const [, port, pid] = /nats:\S+:(\d+) \(process (\d+)/.exec(shown()) ?? [];
  return { pid: Number(pid), port: Number(port) };
}

/** The processes that wrote a log, in their order: stand-ins say who they are, and the broker does in each line. */
async function pidsInLog(home: string, name: string): Promise<number[]> {
  const log = await readFile(join(home, 'logs', `${name}.log`), 'utf8');
  return [
    ...new Set([...log.matchAll(/"pid":(\d+)|^\[(\d+)\]/gm)].map(([, app, broker]) => Number(app ?? broker))),
  ];
}

describe('a demonstration that is to run once', () => {
  it('shows every event with its emitter, its time and its flow, and ends with 0 when all flows did', async () => {
    expect(await demonstrate(onceOnFreePorts, await surroundings())).toBe(0);

    const lines = shown()
      .split('\n')
      .filter((line) => /^ {2}flow \S+ +[a-z.]+\.v1 /.test(line));
    expect(lines).toHaveLength(11 + 7 + 2 + 4 + 2 + 2 + 4);
    const flows = Map.groupBy(lines, (line) => /^ {2}flow (\S+)/.exec(line)?.[1] ?? '');
    expect(flows.size).toBe(7);
    const typesIn = (flow: string | undefined) =>
      flows.get(flow ?? '')?.map((line) => line.trim().split(/ {2,}/)[1]);
    const [fulfilled, carried] = [...flows.keys()].splice(-2);
    expect(carried).toBe(`${fulfilled}/carrier/1`);
    expect(typesIn(fulfilled)).toEqual(['fulfilment.requested.v1', 'order.fulfilled.v1']);
    expect(typesIn(carried)?.at(-1)).toBe('parcel.delivered.v1');
    for (const [first, second] of [...flows.values()].slice(0, SAMPLES.length)) {
      expect(first).toMatch(/order\.placed\.v1 +storefront +start$/);
      expect(second).toMatch(/payment\.(authorized|declined)\.v1 +payments\/authorize +\+[\d.]+ m?s$/);
    }
    expect(shown()).toMatch(/choreographed: .*\n +ended as declared: 2 × parcel\.delivered\.v1 \(11 events/);
    expect(shown()).toMatch(/ended as declared: 1 × parcel\.returned\.v1 \(7 events/);
    expect(shown()).toMatch(/ended as declared: 1 × payment\.declined\.v1 \(2 events/);
    expect(shown()).toMatch(/ended as declared: 1 × payment\.refunded\.v1 \(4 events/);
    expect(shown()).toMatch(
      /orchestrated: .*\n +ended as declared: 1 × fulfilment\.cancelled\.v1 \(2 events/,
    );
    expect(shown()).toMatch(
      /hybrid: .*\n +ended as declared: 1 × parcel\.delivered\.v1 in carrier\/1 \(6 events/,
    );
    expect(shown().match(/^ +Order \S{36} is completed\.$/gm)).toHaveLength(6);
  });

  it('ends with 0 where no carrier runs, with parcels that wait for one', async () => {
    const apps = fakeApps({ storefront: 'has no carrier', fulfilment: 'has no carrier' });
    const others = apps.filter(({ name }) => name !== 'carrier');
    expect(await demonstrate(onceOnFreePorts, await surroundings({ apps: others })), shown()).toBe(0);
    expect(shown().match(/waits for the carrier: .+\.v1/g)).toEqual([
      'waits for the carrier: 2 × parcel.dispatched.v1',
      'waits for the carrier: 1 × parcel.dispatched.v1',
      'waits for the carrier: 1 × parcel.consigned.v1',
    ]);
    expect(shown().match(/ended as declared/g)).toHaveLength(3);
  });

  it('ends with 1 when parcels get no further than to a carrier that runs', async () => {
    const apps = fakeApps({ storefront: 'has no carrier' });
    const code = await demonstrate(onceOnFreePorts, await surroundings({ apps, flowTimeMs: 1_000 }));
    expect(code).toBe(1);
    expect(shown()).toContain('did not end: misses 2 of 2 × parcel.delivered.v1 (5 events');
  });

  it('shows how far the fulfilment is, as a bar that grows', async () => {
    expect(await demonstrate(onceOnFreePorts, await surroundings())).toBe(0);
    const bars = shown().match(/^ {2}flow \S{8} {2}[█░]{24} .*$/gm) ?? [];
    const [hybrid] = /\S{8}(?=\/carrier\/1)/.exec(shown()) ?? [];
    const own = bars.filter((line) => line.includes(`flow ${hybrid} `));
    expect(own.map((line) => line.trim().split(/ {2,}/).slice(1))).toEqual([
      [`${'█'.repeat(12)}${'░'.repeat(12)}`, '1 of 2', 'picking'],
      ['█'.repeat(24), '2 of 2', 'completed'],
    ]);
    expect(bars).toHaveLength(4);
  });

  it('ends well though the console does not say in time where the orders are', async () => {
    const apps = fakeApps({ console: 'says nothing' });
    expect(await demonstrate(onceOnFreePorts, await surroundings({ apps }))).toBe(0);
    expect(shown().match(/The console did not say in time where it is\./g)).toHaveLength(6);
  });

  it('shows nothing of an earlier run that used the same store', async () => {
    const same = await surroundings();
    await demonstrate(onceOnFreePorts, same);
    output = [];
    expect(await demonstrate(onceOnFreePorts, same)).toBe(0);
    expect(shown().match(/order\.placed\.v1 /g)).toHaveLength(SAMPLES.length);
  });

  it('ends with 1 when a flow misses its end in time, and says what it misses', async () => {
    const apps = fakeApps({ storefront: 'drops the last event' });
    const code = await demonstrate(onceOnFreePorts, await surroundings({ apps, flowTimeMs: 1_000 }));
    expect(code).toBe(1);
    expect(shown()).toContain('did not end: misses 1 of 2 × parcel.delivered.v1 (10 events');
    expect(shown()).toContain('did not end: misses 1 of 1 × payment.refunded.v1');
    expect(shown()).toContain('storefront begins');
  });

  it('does not wait for the end of a flow that has a dead letter, and shows the reason', async () => {
    const apps = fakeApps({ storefront: 'sets aside' });
    const code = await demonstrate(onceOnFreePorts, await surroundings({ apps, flowTimeMs: 600_000 }));
    expect(code).toBe(1);
    expect(shown()).toContain(
      'dead letter parcel.delivered.v1 at payments/authorize: terminal-error: the card – is torn',
    );
  });

  it('ends with the last lines of the log of an app that ends early', async () => {
    const apps = fakeApps({ inventory: 'ends early' });
    const failed = demonstrate(onceOnFreePorts, await surroundings({ apps }));
    await expect(failed).rejects.toThrow(EndedEarlyError);
    await expect(failed).rejects.toThrow(
      /inventory ended by itself \(exit code 3\)[\s\S]*the moon is in the wrong place/,
    );
    expect(shown()).toMatch(/Stopping .* \.\.\.\n {2}done/);
  });

  it('stops what it started when it is told to while it starts', async () => {
    const stop = new AbortController();
    const starting = demonstrate(onceOnFreePorts, await surroundings({ stop: stop.signal }));
    await until(() => shown().includes('Starting storefront'), 'the broker runs');
    stop.abort();
    expect(await starting).toBe(130);
    expect(shown()).not.toMatch(/Placing|cleanly/);
    const [, broker = ''] = /nats:\/\/127\.0\.0\.1:(\d+)/.exec(shown()) ?? [];
    expect(await listens(Number(broker))).toBe(false);
  });

  it('ends with the answer of a storefront that refuses a sample order', async () => {
    const apps = fakeApps({ storefront: 'refuses orders' });
    const failed = demonstrate(onceOnFreePorts, await surroundings({ apps }));
    await expect(failed).rejects.toThrow(OrderRefusedError);
    await expect(failed).rejects.toThrow(/400 .*no more orders today/);
  });
});

describe('a demonstration that goes on', () => {
  it('says where everything is and how to place an order, shows new flows, and frees its ports at the end', async () => {
    const stop = new AbortController();
    const running = demonstrate(
      { ...onceOnFreePorts, once: false },
      await surroundings({ stop: stop.signal }),
    );
    await until(() => shown().includes('until Ctrl-C'), 'the sample flows ended');
    expect(shown()).toContain('/docs');
    const [, storefront = ''] = /curl -i (http:\S+)\/orders/.exec(shown()) ?? [];

    output = [];
    await fetch(`${storefront}/orders`, { method: 'POST', body: '{"paymentToken":"tok_declined"}' });
    await until(() => shown().includes('payment.declined.v1'), 'the new flow is shown');

    stop.abort();
    expect(await running).toBe(0);
    expect(await listens(Number(new URL(storefront).port))).toBe(false);
  });
});

describe('a process that ends by itself', () => {
  it('is started again with the same port and log, while the others go on', async () => {
    const { running, stop, home } = await thatGoesOn();
    const before = shownOf('payments').pid;
    const storefront = shownOf('storefront').pid;
    process.kill(before, 'SIGKILL');
    await until(() => shown().includes('payments is back'), 'payments is back');

    expect(shown()).toMatch(
      new RegExp(`payments \\(process ${before}\\) ended: by SIGKILL; it is started again in 0.25 s`),
    );
    const after = Number(/payments is back \(process (\d+)/.exec(shown())?.[1]);
    expect(after).not.toBe(before);
    expect(await listens(shownOf('payments').port)).toBe(true);
    expect(await pidsInLog(home, 'payments')).toEqual([before, after]);
    expect(isRunning(storefront)).toBe(true);
    stop();
    expect(await running).toBe(0);
    expect([before, after, storefront].filter(isRunning)).toEqual([]);
  });

  it('is started again when it is the broker, and new flows are shown', async () => {
    const { running, stop } = await thatGoesOn();
    const storefront = shownOf('storefront').port;
    process.kill(shownOfBroker().pid, 'SIGKILL');
    await until(() => shown().includes('broker is back'), 'the broker is back');
    output = [];
    const order = { method: 'POST', body: '{"paymentToken":"tok_declined"}' };
    await until(
      async () => (await fetch(`http://127.0.0.1:${storefront}/orders`, order)).status === 202,
      'an order is taken',
    );
    await until(() => shown().includes('payment.declined.v1'), 'the new flow is shown');
    stop();
    expect(await running).toBe(0);
  });

  it('while the sample orders are placed keeps none of them from its end', async () => {
    const apps = fakeApps({ storefront: 'dies at the first order' });
    expect(await demonstrate(onceOnFreePorts, await surroundings({ apps })), shown()).toBe(0);
    expect(shown()).toContain('storefront is back');
    expect(shown().match(/ended as declared/g)).toHaveLength(6);
  });

  it('is given up when it does not get ready time after time, and all ends with the error that says why', async () => {
    const apps = fakeApps({ payments: 'starts once' });
    const { running } = await thatGoesOn({ apps });
    const storefront = shownOf('storefront').pid;
    process.kill(shownOf('payments').pid, 'SIGKILL');
    await expect(running).rejects.toThrow(EndedEarlyError);
    await expect(running).rejects.toThrow(
      /payments ended by itself \(exit code 3\)[\s\S]*the moon is in the wrong place/,
    );
    expect(shown()).toContain('ended: exit code 3 before it was ready; it is started again in 4 s');
    expect(shown().match(/payments \(process \d+\) ended/g)).toHaveLength(5);
    expect(isRunning(storefront)).toBe(false);
  }, 60_000);

  it.each(['before it is started again', 'while it starts'])(
    'leaves nothing behind when all is told to stop %s',
    async (when) => {
      const { running, stop, home } = await thatGoesOn();
      const ports = [shownOf('payments').port, shownOfBroker().port];
      const [payments] = await pidsInLog(home, 'payments');
      for (const pid of [shownOf('payments').pid, shownOfBroker().pid]) process.kill(pid, 'SIGKILL');
      await until(() => /payments .* ended/.test(shown()) && /broker .* ended/.test(shown()), 'both ended');
      if (when === 'while it starts')
        await until(async () => (await pidsInLog(home, 'payments')).length > 1, 'the next one begins');
      stop();
      expect(await running).toBe(0);

      expect(shown()).not.toContain('did not end cleanly');
      expect(await Promise.all(ports.map(listens))).toEqual([false, false]);
      const pids = [payments, ...(await pidsInLog(home, 'payments')), ...(await pidsInLog(home, 'broker'))];
      expect(pids.filter((pid) => pid !== undefined && isRunning(pid))).toEqual([]);
    },
  );
});

describe('a broker that NATS_URL names', () => {
  it('is used, and left running', async () => {
    const server = await startNatsServer();
    onTestFinished(() => server.stop());
    const env = { ...process.env, NATS_URL: server.url, TROUPE_HOME: await temporaryFolder() };
    expect(await demonstrate(onceOnFreePorts, await surroundings({ env })), shown()).toBe(0);
    expect(shown()).toContain(server.url);
    expect(await listens(server.port)).toBe(true);
  });
});

describe('what keeps a demonstration from running', () => {
  it('is another one on the same store', async () => {
    const stop = new AbortController();
    const same = await surroundings({ stop: stop.signal });
    const first = demonstrate({ ...onceOnFreePorts, once: false }, same);
    await until(() => shown().includes('until Ctrl-C'), 'the first one runs');
    const second = demonstrate(onceOnFreePorts, same);
    await expect(second).rejects.toThrow(AlreadyRunningError);
    await expect(second).rejects.toThrow(/TROUPE_HOME/);
    stop.abort();
    expect(await first).toBe(0);
  });

  it("is a port that another process has, an app's or the broker's", async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const app = demonstrate({ ...onceOnFreePorts, port }, await surroundings());
    await expect(app).rejects.toThrow(AppPortTakenError);
    await expect(app).rejects.toThrow(`Port ${port} of 127.0.0.1, meant for storefront, is taken`);
    const broker = demonstrate({ ...onceOnFreePorts, brokerPort: port }, await surroundings());
    await expect(broker).rejects.toMatchObject({ code: 'TROUPE_BROKER_PORT_TAKEN' });
  });

  it('is a folder that cannot be written', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const env = { ...process.env, NATS_URL: '', TROUPE_HOME: join(file, 'home') };
    await expect(demonstrate(onceOnFreePorts, await surroundings({ env }))).rejects.toThrow(HomeError);
  });
});
