import { flowColour, milliseconds, paint, shortId } from './flow-line.ts';
import { eventCount, type Flow, hasReached } from './flows.ts';
import type { DeclaredEnd, FulfilmentSample, OrderSample, Sample } from './samples.ts';

/** The flow that a sample began. */
export interface SampleFlow {
  readonly sample: Sample;
  readonly orderId: string;
  readonly flowId: string;
}

/** What is known of flows, by their ids. */
export type FlowOf = (id: string) => Flow | undefined;

/** Where the parts of the running system answer. */
export interface Addresses {
  readonly broker: string;
  /** By app, as `http://127.0.0.1:3000`; the first is the storefront's. */
  readonly apps: readonly { readonly name: string; readonly url: string }[];
  readonly logs: string;
}

/** Whether a flow reached the end that was declared for it. */
export function isOver({ sample: { end }, flowId }: SampleFlow, flowOf: FlowOf): boolean {
  return hasReached(flowOf(placeOf(flowId, end)), end);
}

/** The flow of a sample, and the one in which it hands work to others. */
export function partsOf({ sample, flowId }: SampleFlow, flowOf: FlowOf): Flow[] {
  const ids = new Set([flowId, placeOf(flowId, sample.end)]);
  return [...ids].flatMap((id) => flowOf(id) ?? []);
}

/** Per sample: its model, how its flow ended, or what it misses, and where it is by the console's word. */
export function summaryText(
  flows: readonly SampleFlow[],
  flowOf: FlowOf,
  sentences: ReadonlyMap<string, string>,
): string {
  return flows
    .map((one) => {
      const { sample, flowId, orderId } = one;
      const flow = flowOf(flowId);
      const name = `flow ${shortId(flowId)}`;
      const shown = flow === undefined ? name : paint(flowColour(flow), name);
      const sentence = sentences.get(orderId) ?? 'The console did not say in time where it is.';
      const title = `${sample.model}: ${sample.title}`;
      return [`  ${shown}  ${title}`, outcome(one, flowOf), sentence].join('\n                 ');
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
    ['where is it?', watcher],
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

/** Id of the flow in which an end is to be. */
function placeOf(flowId: string, { handOff }: DeclaredEnd): string {
  return handOff === undefined ? flowId : `${flowId}/${handOff}`;
}

function outcome(one: SampleFlow, flowOf: FlowOf): string {
  const { sample, flowId } = one;
  const { end, atCarrier } = sample;
  const parts = partsOf(one, flowOf);
  const text = `(${countedText(parts)}${asideText(parts)})`;
  if (!isOver(one, flowOf)) {
    const seen = flowOf(placeOf(flowId, end))?.events.get(end.type) ?? 0;
    return paint('red', `did not end: misses ${end.count - seen} of ${listed(end)} ${text}`);
  }
  if (end === atCarrier) return paint('yellow', `waits for the carrier: ${listed(end)} ${text}`);
  return `ended as declared: ${listed(end)} ${text}`;
}

function listed({ type, count, handOff }: DeclaredEnd): string {
  return `${count} × ${type}${handOff === undefined ? '' : ` in ${handOff}`}`;
}

function countedText(parts: readonly Flow[]): string {
  const events = parts.reduce((sum, part) => sum + eventCount(part), 0);
  if (parts.length === 0) return `${events} events`;
  const began = Math.min(...parts.map(({ first }) => first));
  const latest = Math.max(...parts.map(({ latest }) => latest));
  return `${events} events, ${milliseconds(latest - began)}`;
}

function asideText(parts: readonly Flow[]): string {
  const aside = parts.reduce((sum, { deadLetters }) => sum + deadLetters.length, 0);
  return aside === 0 ? '' : `, ${aside} dead-lettered`;
}
