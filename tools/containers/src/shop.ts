import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DELIVERED, FULFILMENT, ORDERS, type Sample } from './samples.ts';

/** Something that was accepted over HTTP, and the trace that its client began. */
export interface Accepted {
  readonly sample: Sample;
  readonly orderId: string;
  readonly flowId: string;
  readonly traceId: string;
}

const SHOPPERS = 4;
const ANSWER_TIME = 10_000;
/** Before what was not accepted is asked for again. */
const RETRY_PAUSE = 100;
/** Between two orders of a shopper: what is left of the processors is for those who come back. */
const SHOP_PAUSE = 400;

/** Places an order, again until it is accepted, as a client does that loses none. */
export async function placeOrder(storefront: string, sample: Sample = DELIVERED): Promise<Accepted> {
  const traceId = newTraceId();
  const headers = { 'idempotency-key': randomUUID() };
  const answer = await postUntilAccepted(`${storefront}/orders`, sample.body, traceId, headers);
  const { orderId, flowId } = (await answer.json()) as { orderId: string; flowId: string };
  return { sample, orderId, flowId, traceId };
}

/** Asks for a fulfilment, again until it is accepted; its id makes it one. */
export async function requestFulfilment(fulfilment: string): Promise<Accepted> {
  const traceId = newTraceId();
  const [fulfilmentId, orderId] = [randomUUID(), randomUUID()];
  const body = { fulfilmentId, orderId, ...FULFILMENT.body };
  await postUntilAccepted(`${fulfilment}/fulfilments`, body, traceId);
  return { sample: FULFILMENT, orderId, flowId: fulfilmentId, traceId };
}

/** Places the sample orders in turn, several at a time, until `work` is done and at least so many were accepted. */
export async function shopDuring(
  storefront: string,
  least: number,
  work: () => Promise<void>,
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  let placed = 0;
  let over = false;
  const shop = async (): Promise<void> => {
    while (!over || placed < least) {
      accepted.push(await placeOrder(storefront, ORDERS[placed++ % ORDERS.length]));
      await delay(SHOP_PAUSE);
    }
  };
  const shoppers = Promise.all(Array.from({ length: SHOPPERS }, shop));
  await work().finally(() => {
    over = true;
  });
  await shoppers;
  return accepted;
}

function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

async function postUntilAccepted(
  url: string,
  body: object,
  traceId: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
  for (;;) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent, ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_TIME),
    }).catch(() => undefined);
    if (answer?.status === 202) return answer;
    if (answer !== undefined && answer.status < 500) {
      throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
    }
    await delay(RETRY_PAUSE);
  }
}
