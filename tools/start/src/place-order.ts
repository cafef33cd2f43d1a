import { randomUUID } from 'node:crypto';
import { OrderRefusedError } from './errors.ts';
import { persist } from './persist.ts';
import type { Sample } from './samples.ts';
import type { PlacedOrder } from './summary.ts';

/** The storefront's word for "later". */
const UNAVAILABLE = 503;

/**
 * Places a sample order at the storefront, and sends it again while there is no answer or 503: its key makes it one
 * order, however often it arrives.
 * @throws OrderRefusedError when the answer is not 202 with an order and a flow
 */
export async function placeOrder(
  storefront: string,
  sample: Sample,
  stop: AbortSignal,
): Promise<PlacedOrder> {
  const key = randomUUID();
  return persist(
    () => send(storefront, sample, key),
    stop,
    (error) =>
      error instanceof OrderRefusedError && error.status !== undefined && error.status !== UNAVAILABLE,
  );
}

async function send(storefront: string, sample: Sample, key: string): Promise<PlacedOrder> {
  const { status, text } = await post(`${storefront}/orders`, key, JSON.stringify(sample.order)).catch(
    (error: unknown) => {
      throw new OrderRefusedError(sample.title, undefined, `it did not answer (${String(error)}).`);
    },
  );
  const placed = readAnswer(text);
  if (status === 202 && placed !== undefined) return { sample, ...placed };
  throw new OrderRefusedError(sample.title, status, `it answered ${status} ${text}`);
}

async function post(url: string, key: string, body: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, text: await response.text() };
}

function readAnswer(text: string): { orderId: string; flowId: string } | undefined {
  try {
    const { orderId, flowId } = JSON.parse(text) as { orderId?: unknown; flowId?: unknown };
    return typeof orderId === 'string' && typeof flowId === 'string' ? { orderId, flowId } : undefined;
  } catch {
    return undefined;
  }
}
