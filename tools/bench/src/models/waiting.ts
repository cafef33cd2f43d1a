import { orderOf } from '../orders.ts';
import {
  MakeQuote,
  OrderFulfilled,
  OrderPlaced,
  QuoteClosed,
  QuoteMade,
  QuoteRequested,
} from './contracts.ts';
import { Environment } from './environment.ts';
import { type Latency, latencyOf } from './latency.ts';
import { FLOWS } from './model.ts';
import { type Bench, flowIds } from './subject.ts';
import { usedFor } from './used.ts';

/** How many orchestrations wait, and what is done beside them. */
export interface WaitingPlan {
  readonly waiting: number;
  /** Of those that wait: how many are answered, and how many in a second. */
  readonly answered: number;
  readonly answersPerSecond: number;
  /** Orders that go through before the others wait, and while they do. */
  readonly orders: number;
}

export interface Waiting {
  /** New ones that began to wait, by second. */
  readonly begunPerSecond: number;
  /** Memory of the app before and while they wait, in bytes. */
  readonly rssBefore: number;
  readonly rssWhile: number;
  /** From an answer being sent to the end of its orchestration. */
  readonly finishing: Latency;
  /** Orders fulfilled by second, before the others wait and while they do. */
  readonly ordersBefore: number;
  readonly ordersWhile: number;
}

/** Many orchestrations wait in one app, each with a deadline armed; some then finish, and new ones come and go. */
export async function measureWaiting(
  bench: Bench,
  { waiting, answered, answersPerSecond, orders }: WaitingPlan,
  onProgress: (text: string) => void,
): Promise<Waiting> {
  const { worker, client } = bench;
  const environment = await Environment.of(client, FLOWS.orchestrated.names);
  await worker.startChain(); // makes the streams, when it is the first
  await environment.clear();
  let placed = 0;
  const fulfilled = async (): Promise<number> => {
    placed += orders;
    const { seconds } = await usedFor(bench, async () => {
      await environment.openMany(OrderPlaced, flowIds(orders), orderOf);
      await environment.has(OrderFulfilled, placed);
    });
    return orders / seconds;
  };
  await fulfilled();
  const ordersBefore = await fulfilled();
  const { rssBytes: rssBefore } = await worker.used();
  onProgress(`waiting: ${Math.round(ordersBefore)} orders/s before`);
  const begun = await usedFor(bench, async () => {
    await environment.openMany(QuoteRequested, flowIds(waiting), orderOf);
    await environment.has(MakeQuote, waiting);
  });
  const { rssBytes: rssWhile } = await worker.used();
  onProgress(`waiting: ${waiting} wait, in ${Math.round(rssWhile / 1e6)} MB`);
  const commands = new Map((await environment.some(MakeQuote, answered)).map((one) => [one.flow, one]));
  const finishing = await latencyOf(
    [...commands.keys()],
    answersPerSecond,
    async (flow) => {
      const command = commands.get(flow);
      if (command !== undefined) await environment.answer(QuoteMade, command, orderOf(flow));
    },
    (done) => environment.listen(QuoteClosed, ({ orderId }) => done(orderId)),
  );
  await environment.has(QuoteClosed, answered);
  onProgress(`waiting: ${answered} finished, p99 ${finishing.p99.toFixed(2)} ms after their answer`);
  const ordersWhile = await fulfilled();
  onProgress(`waiting: ${Math.round(ordersWhile)} orders/s meanwhile`);
  await worker.stopChain();
  return {
    begunPerSecond: waiting / begun.seconds,
    rssBefore,
    rssWhile,
    finishing,
    ordersBefore,
    ordersWhile,
  };
}
