import { type JetStreamClient, type JetStreamManager, jetstream, type StoredMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { CompiledContract } from '@troupe/contract';
import { type Manifest, type Names, readManifest } from '@troupe/jetstream';
import { type Message, messageOf, type Particulars } from '../message.ts';
import type { Fields, Samples } from '../samples.ts';
import type { Subject } from '../subject.ts';
import type { Running } from './running.ts';
import { type Lanes, type Sent, store, type Transport } from './sending.ts';
import { eventOf, type Stored } from './stored.ts';
import type { Answer, Tap } from './tap.ts';
import { until } from './until.ts';

/** How long an output may come after the acknowledgement, in ms: a step that is wrong in that alone is told only that. */
const LATE_MS = 2_000;

/** What a step did with a message. */
export interface Result {
  readonly sent: Sent;
  readonly answers: readonly Answer[];
  /** What it sent on, as it is stored. */
  readonly outputs: readonly StoredMsg[];
  readonly letters: readonly StoredMsg[];
  /** A sentence when it did not answer in time. */
  readonly silence: readonly string[];
}

/** What the stage is made of. */
export interface Parts extends Lanes {
  readonly subject: Subject;
  readonly client: NatsConnection;
  readonly manager: JetStreamManager;
  readonly tap: Tap;
  readonly events: Stored;
  readonly letters: Stored;
  readonly samples: Samples;
  /** How long a step may take to be done with a message, in ms. */
  readonly answerMs: number;
  /** The step's process, and the broker's streams to do with as is needed; undefined where both are others'. */
  readonly running: Running | undefined;
  /** What was stored before the step was ever started. */
  readonly early: Sent | undefined;
}

/** Where a step is tried: sends it messages, and sees all that it does with them. */
export class Stage {
  readonly #client: JetStreamClient;
  readonly #trials = new Map<string, Promise<Result>>();

  constructor(readonly parts: Parts) {
    this.#client = jetstream(parts.client);
  }

  get subject(): Subject {
    return this.parts.subject;
  }

  get names(): Names {
    return this.parts.names;
  }

  /** The contract that messages are of where one is as good as another. */
  get contract(): CompiledContract {
    const [first] = this.subject.consumes;
    if (first === undefined) throw new Error(`${this.subject.name} consumes nothing.`);
    return first;
  }

  /** What the step did with one valid message of each contract: sent once, looked at by many rules. */
  trials(): Promise<Result[]> {
    return Promise.all(this.subject.consumes.map((contract) => this.trial(contract)));
  }

  trial(contract = this.contract): Promise<Result> {
    const known = this.#trials.get(contract.id);
    if (known !== undefined) return known;
    const trial = this.try({ contract });
    this.#trials.set(contract.id, trial);
    return trial;
  }

  /** A valid message, not sent yet. */
  message({
    contract = this.contract,
    data = this.parts.samples.of(contract),
    ...particulars
  }: Trial = {}): Message {
    return messageOf(contract, data, particulars);
  }

  /** Sends a valid message, and waits for what the step does with it. */
  async try(trial: Trial = {}): Promise<Result> {
    return this.result(await this.send(this.message(trial)));
  }

  send(message: Message, transport: Transport = {}): Promise<Sent> {
    return store(this.#client, this.parts, message, transport);
  }

  /** Waits until the step is done with it, however: acknowledged, or terminated. */
  async result(sent: Sent, withinMs = this.parts.answerMs): Promise<Result> {
    const isDone = () => this.answersTo(sent).some(({ kind }) => kind === 'ack' || kind === 'term');
    const done = await until(isDone, withinMs);
    if (done && this.subject.emits.length > 0) await until(() => this.#hasEffect(sent), LATE_MS);
    const [outputs, letters] = await Promise.all([this.outputsOf(sent.message.id), this.lettersOf(sent)]);
    const silence = done
      ? []
      : [`${sent.message.contract.id} ${sent.message.id} was not answered within ${withinMs / 1_000} s`];
    return { sent, answers: this.answersTo(sent), outputs, letters, silence };
  }

  answersTo({ stream, seq }: Sent): Answer[] {
    return this.parts.tap.answersTo(stream, seq, this.subject.name);
  }

  /** What the step sent on because of a message, as the stream holds it. */
  async outputsOf(causeId: string): Promise<StoredMsg[]> {
    const { app, step } = this.subject;
    const all = await this.parts.events.all();
    return all.filter((stored) => {
      const event = eventOf(stored);
      return event?.causationid === causeId && event.source === `/${app}/${step}`;
    });
  }

  async lettersOf({ stream, seq }: Sent): Promise<StoredMsg[]> {
    const { names, subject } = this;
    const all = await this.parts.letters.all();
    return all.filter(
      ({ subject: at, header }) =>
        at === names.deadLetterSubject(subject.app, subject.step) &&
        header.get('x-original-stream') === stream &&
        header.get('x-original-seq') === String(seq),
    );
  }

  /** What the step says of itself, on the consumer of its first contract. */
  async manifest(): Promise<Manifest | undefined> {
    const durable = durableOf(this.subject.name, this.contract);
    const info = await this.parts.manager.consumers.info(this.names.events, durable).catch(() => undefined);
    return readManifest(info?.config.metadata);
  }

  async #hasEffect(sent: Sent): Promise<boolean> {
    if (this.answersTo(sent).some(({ kind }) => kind === 'term')) return true;
    return (await this.outputsOf(sent.message.id)).length > 0;
  }
}

/** What of a valid message is not as it is by itself. */
export interface Trial extends Particulars {
  /** Default: the step's first. */
  readonly contract?: CompiledContract;
  readonly data?: Fields;
}

/** `<app>__<step>__<domain>_<name>_v<major>` */
export function durableOf(step: string, { id }: Pick<CompiledContract, 'id'>): string {
  return `${step}__${id.replaceAll('.', '_')}`;
}
