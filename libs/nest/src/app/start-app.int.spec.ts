import { createServer } from 'node:net';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { Runtime } from '@troupe/jetstream';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { JobAsked, JobDone, SMALL_STREAMS } from '../jobs.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { build, freePort, runApp } from './app-process.spec.support.ts';

beforeAll(build);

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets steps finish what they began, hands back the rest, and ends with 0',
    async (signal) => {
      const server = await startServer();
      const office = await startOffice(server);
      const numbers = Array.from({ length: 40 }, (_, number) => number);
      const first = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
      await first.isReady();
      await Promise.all(numbers.map((number) => office.ask(number, 400)));
      await first.says('began');
      first.signal(signal);
      expect(await first.exited, first.output()).toBe(0);
      const begun = numbersIn(first.output(), 'began');
      expect(begun.length).toBeLessThan(numbers.length);
      expect(numbersIn(first.output(), 'ended')).toEqual(begun);
      expect(first.output()).not.toContain('its tools were put away');

      const second = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
      await until('all jobs are done', () => office.done.length >= numbers.length);
      expect(sorted([...begun, ...numbersIn(second.output(), 'began')])).toEqual(numbers);
      expect(sorted(office.done)).toEqual(numbers);
    },
  );

  it('lets HTTP requests finish, what they publish is stored, and nothing new is accepted', async () => {
    const server = await startServer();
    const office = await startOffice(server);
    // A client that keeps its connection open afterwards must not use up this grace period.
    const variables = { NATS_URL: server.url, TROUPE_SHUTDOWN_GRACE_MS: '600000' };
    const app = runApp({ ...variables, PORT: String(await freePort()) });
    await app.isReady();
    const answer = fetch(`${app.url}/jobs`, { method: 'POST' });
    await app.says('got a request');
    app.signal('SIGTERM');
    await until('it refuses connections', () =>
      app.get('/health/live').then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    expect((await answer).status).toBe(201);
    expect(await app.exited, app.output()).toBe(0);
    const next = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
    await until('the job is done', () => office.done.includes(1));
    next.signal('SIGTERM');
  });

  it('a second time ends the process at once', async () => {
    const server = await startServer();
    const office = await startOffice(server);
    const app = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
    await app.isReady();
    await office.ask(7, 60_000);
    await app.says('began 7');
    app.signal('SIGTERM');
    await until('it is stopping', () =>
      app.get('/health/live').then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    app.signal('SIGTERM');
    expect(await app.exited).toBe(143);
  });

  it('cuts off what takes longer than the grace period, and it is done later', async () => {
    const server = await startServer();
    const office = await startOffice(server);
    const app = runApp({
      NATS_URL: server.url,
      PORT: String(await freePort()),
      TROUPE_SHUTDOWN_GRACE_MS: '100',
    });
    await app.isReady();
    await office.ask(7, 2_000);
    await app.says('began 7');
    app.signal('SIGTERM');
    expect(await app.exited, app.output()).toBe(0);
    expect(app.output()).not.toContain('ended 7');
    const next = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
    await until('the job is done', () => office.done.includes(7));
    next.signal('SIGTERM');
  });
});

describe('a broker that is away', () => {
  it('at the start leaves the app alive and not ready, until it is there', async () => {
    const server = await startServer();
    await server.kill();
    const app = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
    await until('it is alive', () =>
      app.get('/health/live').then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    const ready = await app.get('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toContain('The broker does not answer yet.');
    const refused = await fetch(`${app.url}/jobs`, { method: 'POST' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    await server.restart();
    await app.isReady();
    expect(app.output()).toMatch(/\[workshop\].* does not answer; waiting for it/);
    expect(app.output()).toMatch(/\[workshop\].* connected to the broker/);
    expect((await fetch(`${app.url}/jobs`, { method: 'POST' })).status).toBe(201);
    await app.says('ended 1');
  });

  it('later makes the app not ready, until it is back; steps go on', async () => {
    const server = await startServer();
    const app = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
    await app.isReady();
    await server.kill();
    await until('it is not ready', async () => (await app.get('/health/ready')).status === 503);
    expect((await app.get('/health/ready')).body).toContain('The broker is away.');
    expect((await app.get('/health/live')).status).toBe(200);
    await server.restart();
    await app.isReady();
    const office = await startOffice(server);
    await office.ask(3, 1);
    await until('the job is done', () => office.done.includes(3));
  });

  it('does not keep the app from ending', async () => {
    const server = await startServer();
    await server.kill();
    const app = runApp({ NATS_URL: server.url, PORT: String(await freePort()) });
    await app.says('listening on');
    app.signal('SIGTERM');
    expect(await app.exited, app.output()).toBe(0);
  });
});

describe('an app that must not run says why in a sentence, without a stack, and ends with 1', () => {
  it('when its port is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void other.close());
    await until('the port is taken', () => other.listening);
    const app = runApp({ NATS_URL: 'nats://127.0.0.1:1', PORT: String(port) });
    expect(await app.exited).toBe(1);
    expect(lines(app.errors())).toEqual([
      expect.stringMatching(`^TROUPE_PORT_TAKEN: Port ${port} .*set PORT`),
    ]);
    expect(app.output()).not.toMatch(/\n\s+at /);
  });

  it('when a variable is wrong', async () => {
    const app = runApp({ PORT: 'http', TROUPE_TOPOLOGY: 'drop' });
    expect(await app.exited).toBe(1);
    expect(app.output()).toMatch(/^TROUPE_SETTING: .*TROUPE_TOPOLOGY is "drop".*\nPORT is "http".*\n$/);
  });

  it('when its steps cannot work as they are declared', async () => {
    const app = runApp({ TWIN: 'true', PORT: String(await freePort()) });
    expect(await app.exited).toBe(1);
    expect(lines(app.errors())).toEqual([
      expect.stringMatching(/^TROUPE_STEP_DEFINITION: Workshop\.work and Twin\.work are both named "work"/),
    ]);
    expect(app.output()).not.toMatch(/\n\s+at /);
  });

  it('when the broker, which is no cluster, is to keep replicas', async () => {
    const server = await startServer();
    const app = runApp({ NATS_URL: server.url, PORT: '0', TROUPE_REPLICAS: '3' });
    expect(await app.exited).toBe(1);
    expect(app.output()).toContain('stream EVENTS: num_replicas is 1, declared 3');
  });

  it('when the broker has no topology and it may only verify', async () => {
    const server = await startServer();
    const app = runApp({
      NATS_URL: server.url,
      PORT: String(await freePort()),
      TROUPE_TOPOLOGY: 'verify',
    });
    expect(await app.exited, app.output()).toBe(1);
    expect(app.output()).toContain('TROUPE_TOPOLOGY_MISSING: The broker has no stream EVENTS');
    expect(app.output()).not.toMatch(/\n\s+at /);
  });
});

async function startServer(): Promise<NatsServer> {
  const server = await startNatsServer();
  onTestFinished(() => server.stop());
  return server;
}

/** Asks for jobs and hears of the done ones. */
async function startOffice(server: NatsServer) {
  const done: number[] = [];
  const office = new Runtime({
    app: 'office',
    version: '1.0.0',
    connection: { servers: server.url },
    streams: SMALL_STREAMS,
    produces: [JobAsked],
    steps: [
      {
        name: 'hear',
        on: [JobDone],
        emits: [],
        from: 'beginning',
        handle: (message) => void done.push((message as JobDone).number),
      },
    ],
  });
  onTestFinished(() => office.stop());
  await office.start();
  return {
    done,
    ask: (number: number, takes: number) =>
      office.producer.send(JobAsked, { number, takes }, { id: `job-${number}` }),
  };
}

function numbersIn(output: string, what: string): number[] {
  return sorted(
    [...output.matchAll(new RegExp(`^${what} (\\d+)$`, 'gm'))].map(([, number]) => Number(number)),
  );
}

function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
