import { OrderRefusedError } from './errors.ts';
import type { Sample } from './samples.ts';
import type { PlacedOrder } from './summary.ts';

/**
 * Places a sample order at the storefront.
 * @throws OrderRefusedError when the answer is not 202 with an order and a flow
 */
export async function placeOrder(storefront: string, sample: Sample): Promise<PlacedOrder> {
  const response = await fetch(`${storefront}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sample.order),
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new OrderRefusedError(sample.title, `it did not answer (${String(error)}).`);
  });
  const text = await response.text();
  const placed = readAnswer(text);
  if (response.status !== 202 || placed === undefined) {
    throw new OrderRefusedError(sample.title, `it answered ${response.status} ${text}`);
  }
  return { sample, ...placed };
}

function readAnswer(text: string): { orderId: string; flowId: string } | undefined {
  try {
    const { orderId, flowId } = JSON.parse(text) as { orderId?: unknown; flowId?: unknown };
    return typeof orderId === 'string' && typeof flowId === 'string' ? { orderId, flowId } : undefined;
  } catch {
    return undefined;
  }
}
