import { orderOf } from '../orders.ts';
import { latencyOf, WARM_UP } from './latency.ts';
import { REQUESTS } from './model.ts';
import { type Bench, flowIds, type Subject } from './subject.ts';
import { usedFor } from './used.ts';

const RUN_MS = 600_000;
const ORDER_MS = 10_000;

/** The model without streams: it is told how many orders to have done, or asked for one. */
export async function requestReply(bench: Bench): Promise<Subject> {
  const { worker, client } = bench;
  return {
    async throughput(flows) {
      await worker.startChain();
      const { seconds, appMicros, serverMicros } = await usedFor(bench, () =>
        client.request(REQUESTS.run, String(flows), { timeout: RUN_MS }),
      );
      await worker.stopChain();
      return {
        flowsPerSecond: flows / seconds,
        appMicros: appMicros / flows,
        serverMicros: serverMicros && serverMicros / flows,
        writes: 0,
      };
    },
    async latency(flows, perSecond) {
      await worker.startChain();
      let done: (orderId: string) => void = () => {};
      const order = async (orderId: string): Promise<void> => {
        const packet = JSON.stringify({ id: orderId, data: orderOf(orderId) });
        await client.request(REQUESTS.order, packet, { timeout: ORDER_MS });
        done(orderId);
      };
      const latency = await latencyOf(flowIds(WARM_UP + flows), perSecond, order, async (told) => {
        done = told;
        return () => {};
      });
      await worker.stopChain();
      return latency;
    },
  };
}
