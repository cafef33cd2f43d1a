import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { withoutCredentials } from '@troupe/broker';
import { BrokerUnavailableError, Names, readManifest } from '@troupe/jetstream';
import { StepNotRunningError } from '../../errors.ts';
import { messageOf } from '../message.ts';
import type { Samples } from '../samples.ts';
import { type Declarations, declaredIn, describedBy, type Subject, type SubjectName } from '../subject.ts';
import { GRACE_MS, lanesIn, launchOf, makeStreams, type Place } from './place.ts';
import { Running } from './running.ts';
import { type Sent, store } from './sending.ts';
import { Stage } from './stage.ts';
import { Stored } from './stored.ts';
import { Tap } from './tap.ts';

/** Longer than the broker waits before it gives a message again. */
const ANSWER_MS = 45_000;

export interface OpenStage {
  readonly stage: Stage;
  close(): Promise<void>;
}

/**
 * Makes the environment ready, and starts the step's process in it; or finds the step where it runs.
 * @throws BrokerUnavailableError, StepNotRunningError, UsageError, WorkspaceError
 */
export async function openStage(
  name: SubjectName,
  workspace: Declarations,
  place: Place,
): Promise<OpenStage> {
  const declared = declaredIn(workspace, name);
  const names = new Names(place.prefix);
  const client = await connected(place.url);
  let running: Running | undefined;
  const close = async (): Promise<void> => {
    await running?.end();
    await client.close();
  };
  try {
    if (place.run !== undefined) await makeStreams(place, client, place.run.streams);
    const manager = await jetstreamManager(client);
    const { config } = await manager.streams.info(names.events).catch((error: Error) => {
      throw new StepNotRunningError(name.name, `${names.events}: ${error.message}`, []);
    });
    const lanes = lanesIn(config.metadata);
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

async function connected(url: string): Promise<NatsConnection> {
  try {
    return await connect({ servers: url.split(','), name: 'troupe-conformance', noAsyncTraces: true });
  } catch (error) {
    const where = withoutCredentials(url);
    throw new BrokerUnavailableError(`The broker at ${where} does not answer.`, { cause: error });
  }
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
  return store(jetstream(client), { names, lanes }, messageOf(contract, samples.of(contract)));
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
