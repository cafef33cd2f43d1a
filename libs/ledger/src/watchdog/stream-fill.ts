import { DiscardPolicy } from '@nats-io/jetstream';
import type { Broker } from '../projection/broker.ts';
import { infoOf, streamsOf } from '../projection/streams.ts';

/** How much of its size a stream that refuses when it is full holds. */
export interface StreamFill {
  readonly stream: string;
  readonly bytes: number;
  readonly maxBytes: number;
}

/** The streams of the environment that have a size and refuse beyond it: one that drops its oldest may be full. */
export async function streamFills(broker: Broker): Promise<StreamFill[]> {
  const fills: StreamFill[] = [];
  for (const stream of await streamsOf(broker)) {
    const info = await infoOf(broker, stream);
    if (info === undefined || info.config.discard !== DiscardPolicy.New || info.config.max_bytes <= 0)
      continue;
    fills.push({ stream, bytes: info.state.bytes, maxBytes: info.config.max_bytes });
  }
  return fills;
}
