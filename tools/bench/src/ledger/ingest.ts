import { setTimeout as delay } from 'node:timers/promises';
import type { NatsServer } from '@troupe/broker';
import { percentile } from '../statistics.ts';
import type { Keeping } from './keeping.ts';
import { LedgerProcess } from './ledger-process.ts';

/** What reading a recorded stream from its beginning came to. */
export interface Ingest extends Recorded {
  readonly messagesPerSecond: number;
  /** CPU time of the ledger's process per message, in µs. */
  readonly micros: number;
  readonly bytesPerMessage: number;
  /** The highest resident memory while the first half was read, and while the second was, in bytes. */
  readonly memory: readonly [first: number, second: number];
  /** `where`, by an order's id and by the id of a message further down its flow, in ms. */
  readonly byKey: Answers;
  readonly byMessage: Answers;
}

/** What a stream holds. */
export interface Recorded {
  readonly messages: number;
  /** Of the chain, while it recorded the last of them. */
  readonly hopsPerSecond: number;
}

/** How long answers took, in ms. */
export interface Answers {
  readonly p50: number;
  readonly p99: number;
}

const SAMPLE_MS = 200;
const TOLD_MS = 5_000;
const MIB = 1024 * 1024;

/** Builds a ledger anew from a recorded stream, and asks it for orders that are in it. */
export async function measureIngest(
  server: NatsServer,
  keeping: Keeping,
  { messages, hopsPerSecond }: Recorded,
  orderIds: readonly string[],
  onProgress: (text: string) => void,
): Promise<Ingest> {
  const began = performance.now();
  const ledger = LedgerProcess.ledger(server.url, await keeping.anew());
  try {
    const watched = watch(ledger, keeping, onProgress);
    const { cpuMicros } = await ledger.caughtUp();
    const seconds = (performance.now() - began) / 1_000;
    const samples = await watched.end();
    const byKey = await ledger.lookUp(orderIds);
    const byMessage = await ledger.lookUp(byKey.messageIds);
    await ledger.close();
    return {
      messages,
      hopsPerSecond,
      messagesPerSecond: messages / seconds,
      micros: cpuMicros / messages,
      bytesPerMessage: (await keeping.size()) / messages,
      memory: halves(samples),
      byKey: answersOf(byKey.took),
      byMessage: answersOf(byMessage.took),
    };
  } finally {
    await ledger.end();
  }
}

export function answersOf(took: readonly number[]): Answers {
  const sorted = took.toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
}

/** Samples the resident memory of the ledger's process until the end. */
function watch(ledger: LedgerProcess, keeping: Keeping, onProgress: (text: string) => void) {
  const samples: number[] = [];
  let isOver = false;
  const watching = (async () => {
    let toldAt = performance.now();
    while (!isOver) {
      const { rss } = await ledger.usage();
      samples.push(rss);
      if (performance.now() - toldAt > TOLD_MS) {
        toldAt = performance.now();
        const size = Math.round((await keeping.size()) / MIB);
        onProgress(`the ledger reads: its index has ${size} MiB, it takes ${Math.round(rss / MIB)} MiB`);
      }
      await delay(SAMPLE_MS);
    }
  })();
  return {
    end: async (): Promise<number[]> => {
      isOver = true;
      await watching;
      return samples;
    },
  };
}

function halves(samples: readonly number[]): [number, number] {
  const middle = Math.ceil(samples.length / 2);
  return [Math.max(...samples.slice(0, middle)), Math.max(...samples.slice(middle - 1))];
}
