import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import type { Connection } from '../connection/connection.ts';
import { DirectNotTakenError } from '../errors.ts';
import { DEFAULT_LANES } from '../lane.ts';
import { registeredLogger } from '../logger.ts';
import { Names, stepName } from '../naming.ts';
import { DuplicateCheck } from '../publish/duplicates.ts';
import { Publisher } from '../publish/publisher.ts';
import { Sending } from '../publish/sending.ts';
import { readEventsLimits } from '../topology/ensure.ts';
import { readManifest } from '../topology/manifest.ts';
import { DirectSender } from './direct-sender.ts';

/** Whose steps get the messages, and who sends them. */
export interface DirectAddress {
  /** The app whose steps they are for. */
  readonly app: string;
  /** The app's environment. Default: none. */
  readonly prefix?: string;
  /** The sending program, which need not be an app: `/<name>` is the source of its messages. */
  readonly sender: { readonly name: string; readonly version: string };
}

/** A direct sender that ends with `close`; the connection is the caller's. */
export interface OpenDirectSender {
  readonly direct: DirectSender;
  close(): void;
}

/**
 * A way to the steps of an app for a program that is not that app: a command line, a console. What a step takes is
 * read from its manifest in the broker, once for each contract.
 * @throws BrokerUnavailableError when the connection was closed
 */
export async function openDirect(
  connection: Connection,
  { app, prefix = '', sender: { name, version } }: DirectAddress,
): Promise<OpenDirectSender> {
  const names = new Names(prefix);
  const client = await connection.connected();
  const manager = await jetstreamManager(client, { checkAPI: false });
  const limits = await readEventsLimits(manager, names.events, DEFAULT_LANES);
  const log = registeredLogger();
  const publisher = new Publisher(client, () => connection.state === 'connected', connection.inboxPrefix);
  const duplicates = new DuplicateCheck(manager, log, ({ subject, stream, seq }) => {
    log.error({ subject, stream, seq }, `the stream took a message on ${subject} for a duplicate of another`);
  });
  const assertTaken = async (step: string, contractId: string): Promise<void> => {
    const durable = stepName(app, step);
    const metadata = await metadataOf(durable);
    if (readManifest(metadata)?.direct?.includes(contractId) !== true)
      throw new DirectNotTakenError(durable, contractId);
  };
  const metadataOf = async (durable: string): Promise<Record<string, string> | undefined> => {
    try {
      return (await manager.consumers.info(names.delayed(app), durable)).config.metadata;
    } catch (error) {
      const missing: number[] = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound];
      if (error instanceof JetStreamApiError && missing.includes(error.code)) return undefined;
      throw error;
    }
  };
  const direct = new DirectSender(app, connection, assertTaken);
  direct.open({
    sender: { names, version, source: `/${name}`, ...limits },
    sending: new Sending(name, publisher, duplicates, undefined),
  });
  return {
    direct,
    close: () => {
      publisher.close();
      duplicates.close();
    },
  };
}
