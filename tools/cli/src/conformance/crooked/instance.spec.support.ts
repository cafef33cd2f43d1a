import type { NatsConnection } from '@nats-io/transport-node';
import { consumersOf, MANIFEST } from './broker.spec.support.ts';
import { APP, STEP, VERSION } from './write.spec.support.ts';

/** Answers the NATS micro protocol. */
export function answerAsInstance(client: NatsConnection): { counted(): void } {
  const prefix = process.env.TROUPE_PREFIX;
  const id = crypto.randomUUID();
  const metadata = prefix ? { 'troupe-prefix': prefix } : {};
  const identity = { name: APP, id, version: VERSION, metadata };
  const endpoint = { name: STEP, queue_group: `${APP}__${STEP}`, subject: consumersOf()[0]?.filter };
  const started = new Date().toISOString();
  let done = 0;
  const answers: Readonly<Record<string, () => object>> = {
    PING: () => ({}),
    INFO: () => ({
      endpoints: [{ ...endpoint, metadata: { 'troupe-manifest': JSON.stringify(MANIFEST) } }],
    }),
    STATS: () => ({
      started,
      endpoints: [
        { ...endpoint, num_requests: done, num_errors: 0, processing_time: 1, average_processing_time: 1 },
      ],
    }),
  };
  for (const subject of ['$SRV.*', `$SRV.*.${APP}`, `$SRV.*.${APP}.${id}`])
    client.subscribe(subject, {
      callback: (_, message) => {
        const verb = message.subject.split('.')[1] ?? '';
        const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
        message.respond(JSON.stringify({ type, ...identity, ...answers[verb]?.() }));
      },
    });
  return { counted: () => void done++ };
}
