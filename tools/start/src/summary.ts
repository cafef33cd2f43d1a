import { flowColour, milliseconds, paint, shortId } from './flow-line.ts';
import { eventCount, type Flow, hasReached } from './flows.ts';
import type { FulfilmentSample, OrderSample, Sample } from './samples.ts';

/** The flow that a sample began. */
export interface SampleFlow {
  readonly sample: Sample;
  readonly orderId: string;
  readonly flowId: string;
}

/** Where the parts of the running system answer. */
export interface Addresses {
  readonly broker: string;
  /** By app, as `http://127.0.0.1:3000`; the first is the storefront's. */
  readonly apps: readonly { readonly name: string; readonly url: string }[];
  readonly logs: string;
}

/** Per sample: how its flow ended, or what it misses, and where it is by the console's word. */
export function summaryText(
  flows: readonly SampleFlow[],
  flowOf: (id: string) => Flow | undefined,
  sentences: ReadonlyMap<string, string>,
): string {
  return flows
    .map(({ sample, flowId, orderId }) => {
      const flow = flowOf(flowId);
      const name = `flow ${shortId(flowId)}`;
      const shown = flow === undefined ? name : paint(flowColour(flow), name);
      const sentence = sentences.get(orderId) ?? 'The console did not say in time where it is.';
      return [`  ${shown}  ${sample.title}`, outcome(sample, flow), sentence].join('\n                 ');
    })
    .join('\n');
}

/** How to look around, and how to place an order or have one fulfilled. */
export function addressesText(
  { broker, apps, logs }: Addresses,
  { order }: OrderSample,
  { fulfilment }: FulfilmentSample,
): string {
  const storefront = apps[0]?.url ?? '';
  const watcher = urlOf(apps, 'console') ?? '';
  const orchestrator = urlOf(apps, 'fulfilment') ?? '';
  const ids = { fulfilmentId: 'my-fulfilment', orderId: 'my-order' };
  const rows = [
    ['orders', `POST ${storefront}/orders`],
    ['fulfilments', `POST ${orchestrator}/fulfilments`],
    ['API pages', `${storefront}/docs  ${orchestrator}/docs  ${watcher}/docs`],
    ...apps.map(({ name, url }) => [name, `${url}/health/ready  ${url}/metrics`]),
    ['broker', broker],
    ['logs', logs],
  ];
  return [
    ...rows.map(([name, text]) => `  ${(name ?? '').padEnd(14)} ${text}`),
    '',
    'Place an order:',
    `  curl -i ${storefront}/orders -H 'content-type: application/json' -d '${JSON.stringify(order)}'`,
    'Where is it?',
    `  npm run troupe -- where <orderId>${watcher.endsWith(':3005') ? '' : ` --console ${watcher}`}`,
    'Have one fulfilled, and ask how far it is:',
    `  curl -i ${orchestrator}/fulfilments -H 'content-type: application/json' -d '${JSON.stringify({ ...ids, ...fulfilment })}'`,
    `  curl ${orchestrator}/fulfilments/${ids.fulfilmentId}`,
  ].join('\n');
}

/** Where an app answers; undefined when it does not run. */
export function urlOf(apps: Addresses['apps'], app: string): string | undefined {
  return apps.find(({ name }) => name === app)?.url;
}

/** What a flow lacks to its declared end; undefined when it lacks nothing. */
export function missing({ end }: Sample, flow: Flow | undefined): string | undefined {
  if (hasReached(flow, end)) return undefined;
  const seen = flow?.events.get(end.type) ?? 0;
  return `${end.count - seen} of ${end.count} × ${end.type}`;
}

function outcome(sample: Sample, flow: Flow | undefined): string {
  const lack = missing(sample, flow);
  const took = flow === undefined ? '' : `, ${milliseconds(flow.latest - flow.first)}`;
  const counted = `${flow === undefined ? 0 : eventCount(flow)} events${took}`;
  const set = flow?.deadLetters.length ?? 0;
  const aside = set === 0 ? '' : `, ${set} dead-lettered`;
  if (lack !== undefined) return paint('red', `did not end: misses ${lack} (${counted}${aside})`);
  return `ended as declared: ${sample.end.count} × ${sample.end.type} (${counted}${aside})`;
}
