import { orderOf } from '../orders.ts';
import { Environment } from './environment.ts';
import { latencyOf, WARM_UP } from './latency.ts';
import { FLOWS } from './model.ts';
import { type Bench, flowIds, type Subject } from './subject.ts';
import { usedFor } from './used.ts';

/** A model that works through streams: its orders stand there before it starts, and its end is what it stored. */
export async function streamed(model: keyof typeof FLOWS, bench: Bench): Promise<Subject> {
  const { names, starts, ends } = FLOWS[model];
  const { worker, client } = bench;
  const environment = await Environment.of(client, names);
  await worker.startChain(); // makes the streams
  await worker.stopChain();
  return {
    async throughput(flows) {
      await environment.clear();
      await environment.openMany(starts, flowIds(flows), orderOf);
      const before = await environment.writes();
      await worker.startChain();
      const { seconds, appMicros, serverMicros } = await usedFor(bench, () => environment.has(ends, flows));
      await worker.stopChain();
      await environment.assertEach(flows);
      return {
        flowsPerSecond: flows / seconds,
        appMicros: appMicros / flows,
        serverMicros: serverMicros && serverMicros / flows,
        writes: ((await environment.writes()) - before) / flows + 1,
      };
    },
    async latency(flows, perSecond) {
      await environment.clear();
      await worker.startChain();
      const latency = await latencyOf(
        flowIds(WARM_UP + flows),
        perSecond,
        (orderId) => environment.open(starts, orderId, orderOf(orderId)),
        (done) => environment.listen(ends, (order) => done(order.orderId)),
      );
      await worker.stopChain();
      return latency;
    },
  };
}
