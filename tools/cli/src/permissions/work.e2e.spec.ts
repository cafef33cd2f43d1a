import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../workshop.spec.support.ts';
import { LONGEST_START_MS, type RunningCarrier, runCarrier } from './carrier.spec.support.ts';
import { HOME_APPS, Stage } from './stage.spec.support.ts';

/** For ten processes that start at once. */
const PATIENCE_MS = 90_000;

let stage: Stage;
let carrier: RunningCarrier;
let manager: Awaited<ReturnType<typeof jetstreamManager>>;
const urls = new Map<string, string>();

beforeAll(async () => {
  stage = await Stage.make();
  const run = async (app: string): Promise<unknown> => urls.set(app, await stage.run(app));
  await Promise.all(['console', ...HOME_APPS].map(run));
  carrier = await runCarrier(stage);
  manager = await jetstreamManager(await stage.connect('operator'), { checkAPI: false });
}, LONGEST_START_MS);
afterAll(() => stage?.close());

it(
  'every app is ready with its own rights, and nothing is denied to it',
  async () => {
    for (const [app, url] of urls)
      await until(`${app} is ready`, async () => (await fetch(`${url}/health/ready`)).status === 200, 60_000);
    expect(denials()).toEqual([]);
  },
  2 * PATIENCE_MS,
);

it(
  'the carrier in Python is ready with its own rights in its own account, and nothing is denied to it',
  async ({ skip }) => {
    if ('standsIn' in carrier)
      return skip(`The carrier in Python was not run; another program did its steps: ${carrier.standsIn}.`);
    const { url } = carrier;
    await until('it is ready', async () => (await fetch(`${url}/health/ready`)).status === 200, PATIENCE_MS);
    expect(denials()).toEqual([]);
  },
  2 * PATIENCE_MS,
);

const ada = {
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
};

it(
  'an order goes through, until the carrier delivered its parcel, and the console knows',
  async () => {
    const order = {
      ...ada,
      customer: { name: 'Ada Example', email: 'ada@example.com' },
      currency: 'EUR',
      paymentToken: 'tok_visa',
      lines: [{ sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 }],
    };
    const { status, body } = await post('storefront', '/orders', order);
    expect(status).toBe(202);
    await untilCompleted(String(body.flowId));
    expect(await lastDelivered()).toBe(body.flowId);
    expect(denials()).toEqual([]);
  },
  2 * PATIENCE_MS,
);

it(
  'a fulfilment goes through, until the carrier delivered what it was handed, and its orchestration is done',
  async () => {
    const fulfilment = {
      fulfilmentId: 'f-1',
      orderId: 'o-1',
      recipient: 'Ada Example',
      ...ada,
      lines: [{ sku: 'TENT-2P', quantity: 1 }],
      whenMissing: 'partial',
    };
    const { status, location } = await post('fulfilment', '/fulfilments', fulfilment);
    expect(status).toBe(202);
    await until(
      'it is completed',
      async () => {
        const master = (await (await fetch(new URL(location, urls.get('fulfilment')))).json()) as {
          status: string;
        };
        return master.status === 'completed';
      },
      PATIENCE_MS,
    );
    expect(await lastDelivered()).toBe('f-1/carrier/1');
    expect(denials()).toEqual([]);
  },
  2 * PATIENCE_MS,
);

it(
  'the console sees an instance of every app, the carrier in its own account too',
  async () => {
    await until(
      'all are seen',
      async () => {
        const { steps } = (await (await fetch(`${urls.get('console')}/steps`)).json()) as {
          steps: readonly { step: string; instances: number | null }[];
        };
        const apps = new Set(
          steps.filter(({ instances }) => instances === 1).map(({ step }) => step.split('__')[0]),
        );
        return ['carrier', ...HOME_APPS.filter((app) => app !== 'storefront')].every((app) => apps.has(app));
      },
      PATIENCE_MS,
    );
  },
  2 * PATIENCE_MS,
);

it(
  'has nothing left to make',
  async () => {
    expect(await stage.troupe('topology', 'plan')).toMatchObject({ code: 3, out: '' });
  },
  PATIENCE_MS,
);

async function untilCompleted(flowId: string): Promise<void> {
  await until(
    'the ledger says completed',
    async () => {
      const answer = await fetch(`${urls.get('console')}/flows/${encodeURIComponent(flowId)}`);
      if (!answer.ok) return false;
      const { flow } = (await answer.json()) as { flow: { state: string } };
      return flow.state === 'completed';
    },
    PATIENCE_MS,
  );
}

/** The flow of the parcel that was delivered last. */
async function lastDelivered(): Promise<string | undefined> {
  const last = await manager.direct.getMessage('EVENTS', { last_by_subj: 'evt.parcel.delivered.v1.*' });
  return last?.header.get('ce-correlationid');
}

async function post(app: string, path: string, body: object) {
  const answer = await fetch(`${urls.get(app)}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': path },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    location: answer.headers.get('location') ?? '',
    body: (await answer.json()) as Record<string, unknown>,
  };
}

/** What the broker denied to any app, as their logs say. */
function denials(): string[] {
  return stage.log.filter((line) => /violation|refuses/i.test(line));
}
