import { hash } from 'node:crypto';
import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { Contract } from '@troupe/contract';
import { Runtime, silentLogger } from '@troupe/jetstream';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../workshop.spec.support.ts';
import { LONGEST_START_MS, runCarrier } from './carrier.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'storefront' })
class OrderPlaced {
  @IsString()
  orderId!: string;
}

/** The carrier takes it; whoever may not send it tries to have the broker do so. */
const VICTIM = 'evt.parcel.dispatched.v1.0';
/** `carrier` is bound by its account and its permissions, `intruder` by the account alone. */
const ABROAD = ['carrier', 'intruder'] as const;

let stage: Stage;
let manager: Awaited<ReturnType<typeof jetstreamManager>>;

beforeAll(async () => {
  stage = await Stage.make();
  manager = await jetstreamManager(await stage.connect('operator'), { checkAPI: false });
  await runCarrier(stage);
}, LONGEST_START_MS);
afterAll(() => stage?.close());

describe('an answer of the broker, sent to a subject of the streams', () => {
  it('is stored as a message when an app of the same account asks for it, and set aside by who consumes it', async () => {
    const client = await stage.connect('storefront');
    client.publish('evt.order.placed.v1.0', '{}', { reply: VICTIM });
    const stored = await present(() => last('EVENTS', VICTIM));
    expect(stored.json()).toMatchObject({ stream: 'EVENTS' });
    expect(await letterOf(stored.seq)).toMatch(/^contract-/);
  });

  it.each(ABROAD)('is not when %s of another account does', async (who) => {
    const client = await connect(who);
    const before = await last('EVENTS', 'evt.order.placed.v1.0');
    client.publish('evt.parcel.returned.v1.0', `{"of":"${who}"}`, { reply: 'evt.order.placed.v1.0' });
    await present(async () => (await last('EVENTS', 'evt.parcel.returned.v1.0'))?.string().includes(who));
    await later(client);
    expect((await last('EVENTS', 'evt.order.placed.v1.0'))?.seq).toBe(before?.seq);
  });
});

describe('messages of a consumer, asked for with a subject of the streams to answer on', () => {
  it('are stored there when an app of the same account asks, and set aside by who consumes them', async () => {
    await place('o-replayed');
    const placed = await last('EVENTS', 'evt.order.placed.v1.*');
    const client = await stage.connect('payments');
    const next = '$JS.API.CONSUMER.MSG.NEXT.EVENTS.payments__authorize__order_placed_v1';
    client.publish(next, '{"batch":10,"no_wait":true}', { reply: VICTIM });
    const copy = await present(async () => {
      const found = await last('EVENTS', VICTIM);
      return found !== null && placed !== null && found.seq > placed.seq ? found : undefined;
    });
    expect(await letterOf(copy.seq)).toMatch(/^contract-/);
  });

  it.each(ABROAD)('are not when %s of another account does', async (who) => {
    const before = await last('EVENTS', 'evt.order.placed.v1.0');
    const client = await connect(who);
    const next = `${stage.apiPrefixOf('carrier')}.CONSUMER.MSG.NEXT.EVENTS.carrier__collect__parcel_dispatched_v1`;
    client.publish(next, '{"batch":10,"no_wait":true}', { reply: 'evt.order.placed.v1.0' });
    await later(client);
    expect((await last('EVENTS', 'evt.order.placed.v1.0'))?.seq).toBe(before?.seq);
  });
});

describe('a schedule', () => {
  it.each(['payments', 'carrier'])('of %s has no target outside its own stream', async (app) => {
    const answer = await scheduled(app, { 'Nats-Schedule-Target': 'evt.order.placed.v1.0' });
    expect(answer).toMatchObject({ error: { code: 400 } });
  });

  it('has no source outside its own stream', async () => {
    await place('o-secret');
    const secret = (await last('EVENTS', 'evt.order.placed.v1.*'))?.subject ?? '';
    const target = 'rdv.payments.authorize.0';
    await scheduled('payments', { 'Nats-Schedule-Target': target, 'Nats-Schedule-Source': secret });
    // One more, without a source, comes after it.
    expect(
      await scheduled('payments', { 'Nats-Schedule-Target': 'rdv.payments.authorize.1' }, 2_000),
    ).toMatchObject({
      stream: 'DELAYED_payments',
    });
    await present(() => last('DELAYED_payments', 'rdv.payments.authorize.1'));
    expect((await last('DELAYED_payments', target))?.string() ?? '').not.toContain('o-secret');
  });

  it("does not cancel another app's timer", async () => {
    const timer = 'sch.fulfilment.timer';
    await scheduled(
      'fulfilment',
      { 'Nats-Schedule-Target': 'rdv.fulfilment.fulfilment.0' },
      3_600_000,
      timer,
    );
    const cancel = headersOf({ 'Nats-Scheduler': timer, 'Nats-Schedule-Next': 'purge' });
    const client = await stage.connect('payments');
    await client.request('rdv.payments.authorize.2', 'x', { headers: cancel, timeout: 10_000 });
    expect(await last('DELAYED_fulfilment', timer)).not.toBeNull();
  });
});

describe('a rollup', () => {
  it('empties nothing but the own stream of whoever asks for it', async () => {
    await place('o-kept');
    const [events, theirs] = [await count('EVENTS'), await count('DELAYED_fulfilment')];
    const client = await stage.connect('payments');
    const all = () => ({ headers: headersOf({ 'Nats-Rollup': 'all' }), timeout: 10_000 });
    const refused = await client.request('evt.payment.declined.v1.0', '{}', all());
    expect(refused.json()).toMatchObject({ error: { description: expect.stringContaining('rollup') } });
    await client.request('rdv.payments.authorize.3', 'x', all());
    expect(await count('DELAYED_payments')).toBe(1);
    expect([await count('EVENTS'), await count('DELAYED_fulfilment')]).toEqual([events, theirs]);
  });
});

describe('the operator', () => {
  it('sees what was set aside, has it tried again, and puts it away', async () => {
    const why = ['--why', 'tried', '--by', 'test'];
    expect(await stage.operate('dead-letters', 'ls', '--app', 'carrier')).toMatchObject({ code: 0 });
    // It fails as before.
    expect(await stage.operate('dead-letters', 'redrive', '1', '--wait', '60', ...why)).toMatchObject({
      code: 4,
    });
    expect(await stage.operate('dead-letters', 'archive', '2', ...why)).toMatchObject({ code: 0 });
    expect(await stage.operate('dead-letters', 'sweep')).toMatchObject({ code: 3 });
  }, 300_000);
});

describe('a message id that somebody else will use', () => {
  it('suppresses the message, which is an alert of its sender that names the one in its place', async () => {
    const client = await stage.connect('payments');
    const predicted = headersOf({ 'Nats-Msg-Id': messageIdOf('/storefront', 'o-suppressed') });
    const answer = await client.request('evt.payment.declined.v1.0', '{}', {
      headers: predicted,
      timeout: 10_000,
    });
    const { seq } = answer.json<{ seq: number }>();
    await place('o-suppressed');
    const notice = await present(() => last('NOTICES', 'ntc.alert.storefront.publisher'));
    expect(notice.json()).toMatchObject({
      reason: 'duplicate-differs',
      message: expect.stringContaining(`EVENTS/${seq}`),
    });
  });
});

/** Resolves when something is stored that the client sent after all before. */
async function later(client: NatsConnection): Promise<void> {
  await client.request('evt.parcel.returned.v1.1', '{}', { timeout: 10_000 });
}

function connect(who: (typeof ABROAD)[number]): Promise<NatsConnection> {
  return who === 'intruder' ? stage.connectAsIntruder() : stage.connect(who);
}

/** What is stored last on a subject; null when nothing is. */
function last(stream: string, subject: string): Promise<StoredMsg | null> {
  return manager.direct.getMessage(stream, { last_by_subj: subject });
}

async function count(stream: string): Promise<number> {
  return (await manager.streams.info(stream)).state.messages;
}

/** Why the carrier set aside a message of EVENTS, once it did. */
async function letterOf(seq: number): Promise<string> {
  const letter = await present(async () => {
    const found = await last('DEAD_LETTERS', 'dlq.carrier.collect');
    return found?.header.get('x-original-seq') === String(seq) ? found : undefined;
  });
  return letter.header.get('x-dead-letter-reason');
}

/** Asks for a schedule on a subject of the app, and gives what the broker says to it. */
async function scheduled(
  app: string,
  fields: Readonly<Record<string, string>>,
  inMs = 1_000,
  subject = `sch.${app}.t${Math.random()}`,
): Promise<unknown> {
  const at = { 'Nats-Schedule': `@at ${new Date(Date.now() + inMs).toISOString()}` };
  const client = await stage.connect(app);
  const options = { headers: headersOf({ ...at, ...fields }), timeout: 10_000 };
  return (await client.request(subject, 'x', options)).json();
}

function headersOf(fields: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}

let storefront: Runtime | undefined;

/** Places an order as the storefront. */
async function place(orderId: string): Promise<void> {
  if (storefront === undefined) {
    const runtime = new Runtime({
      app: 'storefront',
      version: '1.0.0',
      topology: 'verify',
      connection: { servers: stage.server.url, keyFile: stage.keyFile('storefront') },
      produces: [OrderPlaced],
      log: silentLogger,
    });
    stage.endsWith(() => runtime.stop());
    await runtime.start();
    storefront = runtime;
  }
  await storefront.producer.send(OrderPlaced, { orderId }, { id: orderId, flowId: orderId });
}

/** `Nats-Msg-Id` by the formula that docs/reference/wire.md tells everybody. */
function messageIdOf(...parts: string[]): string {
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return hash('sha256', text, 'base64url').slice(0, 22);
}

async function present<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  const found: T[] = [];
  await until('it is there', async () => {
    const one = await look();
    if (one) found.push(one);
    return found.length > 0;
  });
  return found[0] as T;
}
