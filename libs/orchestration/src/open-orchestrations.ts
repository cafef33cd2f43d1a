import { jetstreamManager } from '@nats-io/jetstream';
import { type Connection, type DirectAddress, type DirectSender, Names, openDirect } from '@troupe/jetstream';
import { Orchestrations } from './orchestrations.ts';

/** The orchestrations of an environment, app by app; the connection is the caller's. */
export interface OpenOrchestrations {
  readonly apps: readonly Orchestrations[];
  close(): void;
}

/**
 * Opens the orchestrations of every app of an environment, for a program that is none of them: a command line. It finds
 * them by their buckets.
 * @throws BrokerUnavailableError when the connection was closed
 */
export async function openOrchestrations(
  connection: Connection,
  { prefix = '', sender }: Pick<DirectAddress, 'prefix' | 'sender'>,
): Promise<OpenOrchestrations> {
  const names = new Names(prefix);
  const client = await connection.connected();
  const senders = new Map<string, ReturnType<typeof openDirect>>();
  const senderOf = (app: string) => {
    const opened = senders.get(app) ?? openDirect(connection, { app, prefix, sender });
    senders.set(app, opened);
    return opened;
  };
  const apps: Orchestrations[] = [];
  const manager = await jetstreamManager(client, { checkAPI: false });
  const begin = `KV_${names.orchestrations('')}`;
  for await (const stream of manager.streams.names()) {
    const app = stream.slice(begin.length);
    if (!stream.startsWith(begin) || !APP.test(app)) continue;
    const send: DirectSender['send'] = async (...message) => (await senderOf(app)).direct.send(...message);
    apps.push(await Orchestrations.of({ app, names, client, direct: { send } }));
  }
  return {
    apps: apps.sort((a, b) => (a.app < b.app ? -1 : 1)),
    close: () => {
      for (const opened of senders.values()) opened.then(({ close }) => close()).catch(() => {});
    },
  };
}

/** What an app may be named: other buckets, of other environments, may begin alike. */
const APP = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
