import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, DeliverPolicy, jetstreamManager } from '@nats-io/jetstream';
import { connect, createInbox } from '@nats-io/transport-node';
import { chainNames } from '../chain.ts';
import { type Ask, type Reply, usageNow } from './ledger-process.ts';

/**
 * Is sent what a ledger is sent, each message and each acknowledgement, and keeps nothing: what watching costs whoever
 * does it. Started as `watcher.js <url>`; lives as long as its parent.
 */
const [url] = process.argv.slice(2) as [string];
const { stream } = chainNames('troupe');
/** Pulled so often, and so much: what a ledger does, and more than the chain stores meanwhile. */
const BEAT_MS = 50;
const PULL = '{"batch":10000,"no_wait":true}';
const POLL_MS = 5;

let read = 0;

async function watch() {
  const client = await connect({ servers: url, noAsyncTraces: true });
  const manager = await jetstreamManager(client);
  read = (await manager.streams.info(stream)).state.last_seq;
  const { name } = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: read + 1,
    mem_storage: true,
  });
  const inbox = createInbox();
  client.subscribe(inbox, { callback: (_, { reply }) => took(reply) });
  client.subscribe(`$JS.ACK.${stream}.>`, { callback: () => {} });
  const next = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
  setInterval(() => client.publish(next, PULL, { reply: inbox }), BEAT_MS);
  return { client, manager };
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<seq>…`; the end of a request has no subject to reply to. */
function took(reply: string | undefined): void {
  if (reply) read = Number(reply.split('.')[5]);
}

const watching = watch();

process.on('message', ({ id, ask }: { id: number; ask: Ask }) => {
  answer(ask).then(
    (answer) => process.send?.({ id, ...answer } satisfies Reply),
    (error: unknown) => process.send?.({ id, error: String(error) } satisfies Reply),
  );
});
process.on('disconnect', () => process.exit());

async function answer({ what }: Ask): Promise<Omit<Reply, 'id'>> {
  const { client, manager } = await watching;
  switch (what) {
    case 'caughtUp': {
      const { last_seq: last } = (await manager.streams.info(stream)).state;
      while (read < last) await delay(POLL_MS);
      return { usage: usageNow() };
    }
    case 'close':
      await client.close();
      return {};
    default:
      return { error: `a watcher knows nothing that it could be asked for: ${what}` };
  }
}
