import { randomUUID } from 'node:crypto';
import { OrderRefusedError } from './errors.ts';
import type { OrderSample } from './samples.ts';
import { submit } from './submission.ts';
import type { SampleFlow } from './summary.ts';

/**
 * Places a sample order at the storefront.
 * @throws OrderRefusedError when the answer is not 202 with an order and a flow
 */
export async function placeOrder(
  storefront: string,
  sample: OrderSample,
  stop: AbortSignal,
): Promise<SampleFlow> {
  const { title, order } = sample;
  const submission = {
    app: 'storefront',
    url: `${storefront}/orders`,
    title,
    body: order,
    key: randomUUID(),
  };
  const { text } = await submit(submission, stop);
  const placed = readAnswer(text);
  if (placed === undefined) throw new OrderRefusedError('storefront', title, 202, `it answered 202 ${text}`);
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
