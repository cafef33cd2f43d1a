import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { DEFAULT_LANES, Names, Runtime, type StreamSettings, silentLogger } from '@troupe/jetstream';
import type { Samples } from '../samples.ts';
import type { Launch } from './step-process.ts';

/** Lanes of an environment that is there for one step alone: a step that takes them to be 32 is found. */
const LANES = 7;
const LANES_KEY = 'troupe-lanes';
/** How long the process may take to end when it is asked to, in ms. */
export const GRACE_MS = 10_000;

/** Where and how a step is tried. */
export interface Place {
  readonly url: string;
  readonly prefix: string;
  readonly samples: Samples;
  /** How long a step may take to be done with a message, in ms. Default 45,000. */
  readonly answerMs?: number;
  /** How its process is started, in an environment that nothing else is in; undefined when it runs already. */
  readonly run?: {
    readonly command: string;
    /** Environment that it has like any process. */
    readonly inherited: NodeJS.ProcessEnv;
    /** Environment over what the stage gives it. */
    readonly env: NodeJS.ProcessEnv;
    /** Keeps its log, and what it keeps itself. */
    readonly folder: string;
    readonly streams?: StreamSettings | undefined;
  };
}

/** The streams that all apps share; an app makes its own. */
export async function makeStreams(
  { url, prefix }: Place,
  client: NatsConnection,
  streams: StreamSettings = {},
): Promise<void> {
  const runtime = new Runtime({
    app: 'conformance',
    version: '1.0.0',
    prefix,
    connection: { servers: url },
    streams,
    log: silentLogger,
  });
  await runtime.start();
  await runtime.stop();
  const manager = await jetstreamManager(client);
  await manager.streams.update(new Names(prefix).events, { metadata: { [LANES_KEY]: String(LANES) } });
}

/** The lane count that the metadata of EVENTS says. */
export function lanesIn(metadata: Readonly<Record<string, string>> | undefined): number {
  return Number(metadata?.[LANES_KEY] ?? DEFAULT_LANES);
}

export function launchOf({ url, prefix }: Place, run: NonNullable<Place['run']>): Launch {
  const given = {
    NATS_URL: url,
    NATS_NKEY_FILE: undefined,
    TROUPE_API_PREFIX: undefined,
    TROUPE_PREFIX: prefix,
    TROUPE_TOPOLOGY: 'create',
    TROUPE_SHUTDOWN_GRACE_MS: String(GRACE_MS),
    TROUPE_DATA: join(run.folder, 'data'),
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const env = { ...run.inherited, ...given, ...run.env };
  return { command: run.command, env, logFile: join(run.folder, 'step.log') };
}
