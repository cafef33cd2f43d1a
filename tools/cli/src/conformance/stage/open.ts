import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Names, Runtime, readManifest, type StreamSettings, silentLogger } from '@troupe/jetstream';
import { StepNotRunningError } from '../../errors.ts';
import { messageOf } from '../message.ts';
import type { Samples } from '../samples.ts';
import { type Declarations, declaredIn, describedBy, type Subject, type SubjectName } from '../subject.ts';
import { Running } from './running.ts';
import { type Sent, Stage, sendWith } from './stage.ts';
import { Stored } from './stored.ts';
import { Tap } from './tap.ts';

/** Lanes of an environment that is there for one step alone: a step that takes them to be 32 is found. */
const LANES = 7;
const GRACE_MS = 10_000;
/** Longer than the broker waits before it gives a message again. */
const ANSWER_MS = 45_000;

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

export interface OpenStage {
  readonly stage: Stage;
  close(): Promise<void>;
}

/**
 * Makes the environment ready, and starts the step's process in it; or finds the step where it runs.
 * @throws StepNotRunningError, UsageError, WorkspaceError
 */
export async function openStage(
  name: SubjectName,
  workspace: Declarations,
  place: Place,
): Promise<OpenStage> {
  const declared = declaredIn(workspace, name);
  const names = new Names(place.prefix);
  if (place.run !== undefined) await makeStreams(place, place.run.streams);
  const client = await connect({ servers: place.url, noAsyncTraces: true });
  let running: Running | undefined;
  const close = async (): Promise<void> => {
    await running?.end();
    await client.close();
  };
  try {
    const manager = await jetstreamManager(client);
    if (place.run !== undefined)
      await manager.streams.update(names.events, { metadata: { 'troupe-lanes': String(LANES) } });
    const { config } = await manager.streams.info(names.events);
    const lanes = Number(config.metadata?.['troupe-lanes'] ?? 32);
    const tap = await Tap.open(client, [names.all('evt'), names.all('cmd')]);
    const [events, letters] = await Promise.all(
      [names.events, names.deadLetters].map((stream) => Stored.since(manager, stream)),
    );
    let early: Sent | undefined;
    if (place.run !== undefined) {
      early = await storedEarly(client, names, lanes, place.samples, declared);
      const { prefix } = place;
      const sight = { client, manager, subject: name, delayed: names.delayed(name.app), prefix };
      running = new Running(launchOf(place, place.run), sight, GRACE_MS);
      await running.start();
    }
    const subject = declared ?? describedBy(await manifestIn(manager, names, name), name, workspace);
    const parts = {
      subject,
      names,
      client,
      manager,
      tap,
      events: events as Stored,
      letters: letters as Stored,
      lanes,
      samples: place.samples,
      answerMs: place.answerMs ?? ANSWER_MS,
      running,
      early,
    };
    return { stage: new Stage(parts), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The streams that all apps share; an app makes its own. */
async function makeStreams({ url, prefix }: Place, streams: StreamSettings = {}): Promise<void> {
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
}

async function storedEarly(
  client: NatsConnection,
  names: Names,
  lanes: number,
  samples: Samples,
  declared: Subject | undefined,
): Promise<Sent | undefined> {
  const contract = declared?.consumes[0];
  if (contract === undefined) return undefined;
  return sendWith(jetstream(client), { names, lanes }, messageOf(contract, samples.of(contract)));
}

function launchOf({ url, prefix }: Place, run: NonNullable<Place['run']>) {
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

/** @throws StepNotRunningError when the step has no consumer that says what it is */
async function manifestIn(
  manager: Awaited<ReturnType<typeof jetstreamManager>>,
  names: Names,
  { app, name }: SubjectName,
) {
  const info = await manager.consumers.info(names.delayed(app), name).catch(() => undefined);
  const manifest = readManifest(info?.config.metadata);
  if (manifest !== undefined) return manifest;
  throw new StepNotRunningError(name, `${names.delayed(app)} has no consumer ${name} with a manifest`, []);
}
