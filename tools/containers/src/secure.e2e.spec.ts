import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import {
  AuthorizationError,
  connect,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  nkeys,
} from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { completed, OUTCOME_TIME } from './console.ts';
import { docker } from './docker.ts';
import { expectEnds } from './ends.spec.support.ts';
import { Secrets } from './secrets.ts';
import { withContainers } from './shared-system.ts';
import { placeOrder, requestFulfilment } from './shop.ts';
import { ComposeSystem } from './system.ts';
import { until } from './until.ts';

/** Who makes the topology, and every app: a flow is completed when each step has done its part. */
const SERVICES = [
  ...['operator', 'storefront', 'payments', 'inventory', 'shipping', 'notifications', 'carrier'],
  ...['fulfilment', 'picking', 'packing', 'console'],
];

const wanted = withContainers();
let secrets: Secrets;
let system: ComposeSystem;

vi.setConfig({ testTimeout: OUTCOME_TIME });

beforeAll(async () => {
  if (!wanted) return;
  secrets = await Secrets.make();
  const env = {
    COMPOSE_ENV_FILES: 'deploy/compose/secure.env',
    TROUPE_SECRETS: secrets.folder,
    TROUPE_PULL_POLICY: 'missing',
    COLLECTOR_URL: '',
    LOG_LEVEL: 'info',
  };
  system = await ComposeSystem.start({ env, services: SERVICES });
}, 1_500_000);
afterAll(async () => {
  await system?.stop();
  await secrets?.remove();
}, 120_000);

describe('with TLS, and for each app its own rights', () => {
  it('an order and a fulfilment reach their ends, and nothing is denied to any app', async () => {
    const order = await placeOrder(system.url('storefront'));
    const fulfilment = await requestFulfilment(system.url('fulfilment'));
    for (const accepted of [order, fulfilment])
      expectEnds(accepted, await completed(system.url('console'), accepted.flowId));
    await completed(system.url('console'), `${fulfilment.flowId}/carrier/1`);
    const logs = await system.logs();
    expect(logs).toContain('connected to the broker');
    expect(logs.split('\n').filter((line) => /violation|refuses/i.test(line))).toEqual([]);
  });

  it('the operator reaches the broker from this machine', async () => {
    const authenticator = nkeyAuthenticator(await secrets.seed('operator'));
    const client = await connect({ ...(await speakingTls()), authenticator });
    expect(client.info).toMatchObject({ tls_required: true, auth_required: true });
    await client.close();
  });
});

describe('the broker refuses', () => {
  it('a client that speaks no TLS', async () => {
    const socket = connectSocket(brokerPort(), '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes;
    });
    const closed = once(socket, 'close');
    socket.write('CONNECT {"verbose":true}\r\nPING\r\n');
    await closed;
    expect(answer).toMatch(/^INFO \{.*"tls_required":true/);
    expect(answer).not.toMatch(/^(\+OK|PONG)/m);
  });

  it.each([
    ['without credentials', {}],
    ['with a key that it does not know', { authenticator: nkeyAuthenticator(nkeys.createUser().getSeed()) }],
  ])('a client %s', async (_who, credentials: Partial<NodeConnectionOptions>) => {
    const logon = connect({ ...(await speakingTls()), ...credentials });
    await expect(logon).rejects.toBeInstanceOf(AuthorizationError);
  });

  it('an app with the key of another one, which so never gets ready', async () => {
    const another = await system.runAnother('payments', [
      ...['--volume', `${secrets.keyFile('storefront')}:/run/another:ro`],
      ...['--env', 'NATS_NKEY_FILE=/run/another'],
    ]);
    const problem = await until('it says why it is not ready', async () => {
      const [status, said] = await readinessOf(another);
      return status === 503 && said.includes('The topology is not verified yet') ? said : undefined;
    });
    expect(problem).toMatch(/Permissions Violation for Subscription to [^a-z]*_INBOX_payments/);
  });
});

async function speakingTls() {
  return {
    servers: `127.0.0.1:${brokerPort()}`,
    tls: { ca: await secrets.authority },
    reconnect: false,
  } satisfies NodeConnectionOptions;
}

function brokerPort(): number {
  return Number(new URL(system.url('broker')).port);
}

/** What a Node app answers in its container. */
async function readinessOf(container: string): Promise<[status: number, text: string]> {
  const ask = `fetch('http://127.0.0.1:3000/health/ready').then(async (answer) => console.log(JSON.stringify([answer.status, await answer.text()])))`;
  return JSON.parse(await docker(['exec', container, 'node', '--eval', ask])) as [number, string];
}
