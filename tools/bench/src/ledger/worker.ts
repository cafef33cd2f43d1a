import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from '@troupe/ledger';
import { type Ask, type Lookups, type Reply, usageNow } from './ledger-process.ts';

/**
 * Runs a ledger in a process of its own, so that its memory and CPU time are the ledger's. Started as
 * `worker.js <url> <store>`; lives as long as its parent.
 */
const [url, store] = process.argv.slice(2) as [string, string];
const POLL_MS = 5;
/** How often an order is asked for until it is known: in a large index each question takes some ms of the ledger. */
const FOLLOW_MS = 25;

// Each message of the chain has its order's id in it, as those of the order system have.
const opened = Ledger.open({
  connection: { servers: url },
  prefix: 'troupe',
  store,
  businessKeys: () => ['/orderId'],
});

process.on('message', ({ id, ask }: { id: number; ask: Ask }) => {
  answer(ask).then(
    (answer) => process.send?.({ id, ...answer } satisfies Reply),
    (error: unknown) => process.send?.({ id, error: String(error) } satisfies Reply),
  );
});
process.on('disconnect', () => process.exit());

async function answer(ask: Ask): Promise<Omit<Reply, 'id'>> {
  if (ask.what === 'usage') return { usage: usageNow() };
  const ledger = await opened;
  switch (ask.what) {
    case 'caughtUp':
      while (ledger.freshness().asOf < ask.since) await delay(POLL_MS);
      return { usage: usageNow() };
    case 'lookUp':
      return { value: await lookUp(ledger, ask.keys) };
    case 'follow':
      return { value: await follow(ledger, ask.id, ask.storedAt) };
    case 'close':
      await ledger.close();
      return {};
  }
}

/** Asks for each key, one after the other. */
async function lookUp(ledger: Ledger, keys: readonly string[]): Promise<Lookups> {
  const took: number[] = [];
  const sentences: string[] = [];
  const messageIds: string[] = [];
  for (const key of keys) {
    const began = performance.now();
    const { sentence, flows } = await ledger.where(key);
    took.push(performance.now() - began);
    sentences.push(sentence);
    messageIds.push(flows[0]?.roots[0]?.steps[0]?.emitted[0]?.message.id ?? '');
    await delay(0); // what else the ledger does goes on in between
  }
  return { took, sentences, messageIds };
}

/** How long after its PubAck a message can be asked for, in ms. */
async function follow(ledger: Ledger, id: string, storedAt: number): Promise<number> {
  while ((await ledger.where(id)).flows.length === 0) await delay(FOLLOW_MS);
  return performance.timeOrigin + performance.now() - storedAt;
}
