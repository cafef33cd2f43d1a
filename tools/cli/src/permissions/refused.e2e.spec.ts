import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, RequestError } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOME_APPS, Stage } from './stage.spec.support.ts';

const APPS = [...HOME_APPS, 'carrier'] as const;

let stage: Stage;
let operator: NatsConnection;
let manager: Awaited<ReturnType<typeof jetstreamManager>>;

beforeAll(async () => {
  stage = await Stage.make();
  operator = await stage.connect('operator');
  manager = await jetstreamManager(operator, { checkAPI: false });
}, 240_000);
afterAll(() => stage?.close());

describe.each(APPS)('%s is refused', (app) => {
  const others = APPS.filter((other) => other !== app);

  it("to publish what others do: their contracts' messages, dead letters, notices, retries, timers and marks", async () => {
    const own = stage.rightsOf(app).publish;
    const contracts = [...new Set(APPS.flatMap((one) => stage.rightsOf(one).publish))]
      .filter((subject) => /^(evt|cmd)\./.test(subject) && !own.includes(subject))
      .map((subject) => subject.replace('*', '0'));
    expect(contracts.length).toBeGreaterThan(10);
    const theirs = others.flatMap((other) => [
      `dlq.${other}.step`,
      `ntc.alert.${other}.step`,
      `rdv.${other}.step.0`,
      `sch.${other}.timer`,
      `ins.${other}`,
      `$KV.crashes_${other}.mark`,
      `$KV.orc_${other}.i.fulfilment.f-1`,
    ]);
    const orders = app === 'storefront' ? [] : ['$KV.storefront_orders.o-1'];
    await allDenied(app, [
      ...contracts,
      ...theirs,
      ...orders,
      'evt.made.up.v1.0',
      '$KV.ops_dead_letters.mark.1',
      '$SRV.PING',
    ]);
  });

  it('to read what is not its own: consumers, messages by sequence or subject, buckets', async () => {
    const own = stage.rightsOf(app).publish;
    const durables = (await consumers()).filter(({ name }) => !name.startsWith(`${app}__`));
    expect(durables.length).toBeGreaterThan(15);
    const subjects = [...new Set(others.flatMap((one) => stage.rightsOf(one).publish))].filter(
      (subject) => /^(evt|cmd)\./.test(subject) && !own.includes(subject),
    );
    await allDenied(app, [
      ...durables.flatMap(({ stream, name }) => [
        api(app, `CONSUMER.INFO.${stream}.${name}`),
        api(app, `CONSUMER.MSG.NEXT.${stream}.${name}`),
      ]),
      ...['EVENTS', 'DEAD_LETTERS', 'NOTICES', ...others.map((other) => `KV_crashes_${other}`)].flatMap(
        (stream) => [
          api(app, `STREAM.MSG.GET.${stream}`),
          api(app, `DIRECT.GET.${stream}`),
          api(app, `CONSUMER.LIST.${stream}`),
          api(app, `CONSUMER.NAMES.${stream}`),
        ],
      ),
      ...subjects.map((subject) => api(app, `DIRECT.GET.EVENTS.${subject.replace('*', '0')}`)),
      api(app, 'STREAM.NAMES'),
      api(app, 'STREAM.LIST'),
    ]);
  });

  it('to change what there is, its own streams and consumers too', async () => {
    const streams = ['EVENTS', 'DEAD_LETTERS', 'NOTICES', 'NEW', ...APPS.map((one) => `DELAYED_${one}`)];
    const durables = await consumers();
    await allDenied(
      app,
      [
        ...streams.flatMap((stream) =>
          ['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.DELETE', 'SNAPSHOT', 'RESTORE'].map((verb) =>
            api(app, `STREAM.${verb}.${stream}`),
          ),
        ),
        ...durables.flatMap(({ stream, name }) => [
          api(app, `CONSUMER.CREATE.${stream}.${name}`),
          api(app, `CONSUMER.DURABLE.CREATE.${stream}.${name}`),
          api(app, `CONSUMER.DELETE.${stream}.${name}`),
          api(app, `CONSUMER.PAUSE.${stream}.${name}`),
        ]),
        ...streams.flatMap((stream) => [
          api(app, `CONSUMER.CREATE.${stream}`),
          api(app, `CONSUMER.CREATE.${stream}.x.>`),
        ]),
      ].filter((subject) => !subject.includes('>')),
    );
  });

  it('to answer for another', async () => {
    const durables = (await consumers()).filter(({ name }) => !name.startsWith(`${app}__`));
    await allDenied(
      app,
      durables.map(({ stream, name }) => `$JS.ACK.${stream}.${name}.1.1.1.1700000000000000000.0`),
    );
  });

  it('to listen to others: their inboxes, messages and acknowledgements', async () => {
    const inboxes = [...others, 'console', 'troupe-cli'].map((other) => `_INBOX_${other}.>`);
    const client = await stage.connect(app);
    const denied = denialsOf(client);
    const subjects = [
      ...inboxes,
      '>',
      '_INBOX.>',
      'evt.>',
      'dlq.>',
      '$JS.>',
      '$JS.ACK.EVENTS.>',
      '$KV.>',
      '_R_.>',
    ];
    for (const subject of subjects) client.subscribe(subject, { callback: () => {} });
    await told(client);
    expect([...denied].sort()).toEqual([...subjects].sort());
  });
});

describe('the console is refused', () => {
  it('to send messages, to touch the consumers of steps, and to make or remove streams', async () => {
    const durables = (await consumers()).map(({ stream, name }) => `${stream}.${name}`);
    await allDenied('console', [
      'evt.order.placed.v1.0',
      'cmd.item.pick.v1.0',
      'rdv.payments.authorize.0',
      'dlq.payments.authorize',
      ...durables.flatMap((durable) => [
        `$JS.API.CONSUMER.CREATE.${durable}`,
        `$JS.API.CONSUMER.DELETE.${durable}`,
        `$JS.API.CONSUMER.MSG.NEXT.${durable}`,
        `$JS.ACK.${durable}.1.1.1.1700000000000000000.0`,
      ]),
      ...['CREATE', 'UPDATE', 'DELETE'].map((verb) => `$JS.API.STREAM.${verb}.EVENTS`),
      '$JS.API.STREAM.PURGE.DEAD_LETTERS',
      '$JS.API.STREAM.PURGE.NOTICES',
    ]);
  });
});

describe('the operator is refused', () => {
  it('to send events and commands, and to answer for a step', async () => {
    const durables = (await consumers()).map(({ stream, name }) => `$JS.ACK.${stream}.${name}.1.1.1.1.0`);
    await allDenied('operator', ['evt.order.placed.v1.0', 'cmd.item.pick.v1.0', ...durables]);
  });
});

describe('who is no user', () => {
  it('is not let in', async () => {
    const anonymous = connect({ servers: stage.server.url, reconnect: false });
    await expect(anonymous).rejects.toThrow(/authorization violation/i);
  });
});

describe('a user of the carrier that its own organisation allows everything', () => {
  it('reaches nothing of the streams but what crosses for the carrier', async () => {
    const before = await statesOf();
    const client = await stage.connectAsIntruder();
    const crossing = stage.rightsOf('carrier').publish;
    const durables = (await consumers()).filter(({ name }) => !name.startsWith('carrier__'));
    const subjects = [
      ...[...new Set(HOME_APPS.flatMap((app) => stage.rightsOf(app).publish))]
        .filter((subject) => !subject.startsWith('_INBOX_') && !crossing.includes(subject))
        .map((subject) => subject.replaceAll('*', '0').replace('>', 'x')),
      ...['$JS.API', stage.apiPrefixOf('carrier')].flatMap((prefix) => [
        ...durables.map(({ stream, name }) => `${prefix}.CONSUMER.MSG.NEXT.${stream}.${name}`),
        ...[
          'STREAM.DELETE',
          'STREAM.PURGE',
          'STREAM.UPDATE',
          'STREAM.MSG.GET',
          'DIRECT.GET',
          'CONSUMER.LIST',
        ].map((verb) => `${prefix}.${verb}.EVENTS`),
        `${prefix}.CONSUMER.DELETE.EVENTS.carrier__sort__parcel_collected_v1`,
        `${prefix}.STREAM.NAMES`,
      ]),
    ];
    for (const subject of subjects)
      expect([subject, await answerOf(client, subject)]).toEqual([subject, undefined]);
    expect(await statesOf()).toEqual(before);
  }, 60_000);
});

/** Undefined when nobody is there to give one, or the account has no JetStream of its own. */
async function answerOf(client: NatsConnection, subject: string): Promise<string | undefined> {
  try {
    const text = (await client.request(subject, '{}', { timeout: 5_000 })).string();
    return /JetStream not enabled for account/i.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof RequestError && error.isNoResponders()) return undefined;
    throw error;
  }
}

/** The subject of a request as the app's account has it. */
function api(app: string, request: string): string {
  return `${stage.apiPrefixOf(app) ?? '$JS.API'}.${request}`;
}

async function consumers(): Promise<{ stream: string; name: string }[]> {
  const found: { stream: string; name: string }[] = [];
  for await (const stream of manager.streams.names())
    for await (const { name } of manager.consumers.list(stream)) found.push({ stream, name });
  return found;
}

/** Every one of the subjects is refused to the user, and nothing comes of it. */
async function allDenied(user: string, subjects: readonly string[]): Promise<void> {
  const before = await statesOf();
  const client = await stage.connect(user);
  const denied = denialsOf(client);
  for (const subject of new Set(subjects)) client.publish(subject, '{}', { reply: `_INBOX_${user}.x` });
  await told(client);
  expect([...denied].sort()).toEqual([...new Set(subjects)].sort());
  await client.close();
  expect(await statesOf()).toEqual(before);
}

async function statesOf(): Promise<Record<string, unknown>> {
  const states: Record<string, unknown> = {};
  for await (const { config, state } of manager.streams.list())
    states[config.name] = { last: state.last_seq, messages: state.messages, consumers: state.consumer_count };
  return states;
}

/** Resolves when the broker answered to all that was sent, and the client was told. */
async function told(client: NatsConnection): Promise<void> {
  await client.flush();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Subjects that the broker denies to the client from now on. */
function denialsOf(client: NatsConnection): Set<string> {
  const denied = new Set<string>();
  void (async () => {
    for await (const status of client.status())
      if (status.type === 'error' && 'subject' in status.error) denied.add(String(status.error.subject));
  })();
  return denied;
}
