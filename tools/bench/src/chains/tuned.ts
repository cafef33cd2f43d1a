import { type JsMsg, jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type Chain, chainNames, IN_FLIGHT } from '../chain.ts';
import { pass } from './hop.ts';

/** nats.js as someone runs it who measured it: callbacks instead of iterators, and no stack trace per call. */
export async function startTuned(url: string): Promise<Chain> {
  const client = await connect({ servers: url, noAsyncTraces: true });
  const js = jetstream(client);
  const { stream, hops } = chainNames('tuned');
  for (const hop of hops) {
    const consumer = await js.consumers.get(stream, hop.durable);
    const waiting: JsMsg[] = [];
    let running = 0;
    const begin = (message: JsMsg): void => {
      running++;
      void pass(js, hop, message).finally(() => {
        running--;
        const next = waiting.shift();
        if (next !== undefined) begin(next);
      });
    };
    await consumer.consume({
      max_messages: IN_FLIGHT,
      callback: (message) => {
        if (running < IN_FLIGHT) begin(message);
        else waiting.push(message);
      },
    });
  }
  return { stop: () => client.drain() };
}
