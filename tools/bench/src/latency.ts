import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { newFlowId } from '@troupe/jetstream';
import { chainNames } from './chain.ts';
import type { Order } from './contracts.ts';
import type { Course } from './course.ts';
import type { OrderDesk } from './orders.ts';
import { percentile } from './statistics.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Orders that each measurement sends first and does not count: what came before has to settle. */
const WARM_UP = 100;

/** From an order being sent to the last step's message reaching a subscriber, in ms. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Sends `orders` at `perSecond`, evenly, and follows each one through the chain. */
export async function measureLatency(
  {
    course,
    desk,
    worker,
    client,
  }: {
    course: Course;
    desk: OrderDesk;
    worker: WorkerProcess;
    client: NatsConnection;
  },
  orders: number,
  perSecond: number,
): Promise<Latency> {
  await course.clear();
  await worker.startChain();
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  const arrivals = client.subscribe(`${chainNames(course.variant).last}.*`, {
    callback: (_error, message) => {
      const at = sentAt.get(message.json<Order>().orderId);
      if (at !== undefined) took.push(performance.now() - at);
    },
  });
  await client.flush();
  const stored: Promise<void>[] = [];
  const began = performance.now();
  for (let sent = 0; sent < WARM_UP + orders; sent++) {
    const due = began + (sent * 1000) / perSecond;
    await delay(Math.max(0, due - performance.now()));
    const orderId = newFlowId();
    if (sent >= WARM_UP) sentAt.set(orderId, performance.now());
    stored.push(desk.place(orderId));
  }
  await Promise.all(stored);
  await course.finished(WARM_UP + orders);
  await client.flush();
  arrivals.unsubscribe();
  await worker.stopChain();
  took.sort((a, b) => a - b);
  return { p50: percentile(took, 50), p99: percentile(took, 99) };
}
