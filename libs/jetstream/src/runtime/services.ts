import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Connection } from '../connection/connection.ts';
import { CrashMarks } from '../consume/crash-marks.ts';
import { Isolation } from '../consume/isolation.ts';
import type { StepServices } from '../consume/settlement.ts';
import type { Instrumentation } from '../instrumentation.ts';
import type { Logger } from '../logger.ts';
import type { Names } from '../naming.ts';
import { Notices } from '../notices.ts';
import { type DifferenceListener, DuplicateCheck } from '../publish/duplicates.ts';
import { Publisher } from '../publish/publisher.ts';
import type { EventsLimits } from '../topology/ensure.ts';
import type { RuntimeOptions } from './options.ts';

/** What the services are made on: the broker, once its topology stands, and who watches. */
export interface ServicesGround {
  readonly client: NatsConnection;
  readonly manager: JetStreamManager;
  readonly connection: Connection;
  readonly names: Names;
  readonly limits: EventsLimits;
  readonly log: Logger;
  readonly instrumentation: Instrumentation | undefined;
}

/** Opens what the producer and the steps of one app share. Its publisher and duplicate check want to be closed. */
export function openServices(options: RuntimeOptions, ground: ServicesGround): StepServices {
  const { app, version } = options;
  const { client, manager, connection, names, limits, log, instrumentation } = ground;
  const isConnected = () => connection.state === 'connected';
  const { inboxPrefix } = connection;
  const notices = new Notices(client, names, app);
  const onDifference: DifferenceListener = (suspect) => {
    const { subject, stream, seq } = suspect;
    const message = `The stream took a message on ${subject} for a duplicate of ${stream}/${seq}, which is another one.`;
    log.error({ ...suspect }, message);
    notices.publish('alert', { step: 'publisher', reason: 'duplicate-differs', message });
  };
  const reach = options.topology === 'verify' ? { lastOf: names.events } : 'streams';
  const duplicates = new DuplicateCheck(manager, log, onDifference, reach);
  const publisher = new Publisher(client, isConnected, inboxPrefix);
  return {
    app,
    version,
    client,
    isConnected,
    publisher,
    duplicates,
    notices,
    marks: new CrashMarks(names.crashes(app), manager, publisher, isConnected, log),
    isolation: new Isolation(),
    sender: { names, version, ...limits },
    log,
    instrumentation,
    inboxPrefix,
  };
}
