import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { ContractViolationError } from '@troupe/contract';
import type { Connection } from '../connection/connection.ts';
import { Names, stepName } from '../naming.ts';
import { Publisher } from '../publish/publisher.ts';
import { ArchiveRun } from './archive-run.ts';
import { type Broker, brokerOf } from './broker.ts';
import { Bucket } from './bucket.ts';
import { type Body, bodyOf, type LetterContent, readContent } from './content.ts';
import {
  DeadLetterStateError,
  DeadLettersMissingError,
  OperationStateError,
  StepGoneError,
} from './errors.ts';
import type { LetterFilter, LetterState } from './filter.ts';
import { groupsOf, type LetterGroups } from './group.ts';
import { readLetter } from './letter.ts';
import { Letters } from './letters.ts';
import { type ListedLetter, Listing } from './listed-letter.ts';
import { Marks } from './mark.ts';
import { newOperation, type Operation, type Selection } from './operation.ts';
import { type HeldOperation, Operations } from './operations.ts';
import type { Author, EditOptions, RedriveOptions, RunOptions } from './options.ts';
import { RedriveRun, type RunServices } from './redrive-run.ts';
import { type Edit, editedCopy, editedId, redrivenCopy } from './redriven-copy.ts';
import { Targets } from './targets.ts';

/** Letters that may be named in one operation: its record holds their numbers. */
const MOST_NAMED = 10_000;

/**
 * The dead letters of one environment: found, looked at, sent again, edited, put away. The letters themselves are
 * never changed; what is done about them stands in marks and operations, in the bucket `ops_dead_letters`.
 */
export class DeadLetters {
  readonly #services: RunServices;
  readonly #operations: Operations;

  private constructor(
    readonly names: Names,
    private readonly broker: Broker,
    bucket: Bucket,
    publisher: Publisher,
  ) {
    this.#operations = new Operations(bucket);
    this.#services = {
      broker,
      names,
      publisher,
      letters: new Letters(broker, names),
      marks: new Marks(bucket),
      targets: new Targets(broker, names),
    };
  }

  /**
   * @param prefix the environment's. Default: none
   * @throws DeadLettersMissingError when the environment has no dead letters' stream
   */
  static async open(connection: Connection, prefix = ''): Promise<DeadLetters> {
    const client = await connection.connected();
    const broker = await brokerOf(client);
    const names = new Names(prefix);
    const { replicas } = await streamOf(broker, names);
    const bucket = await Bucket.open(broker, names, replicas);
    const publisher = new Publisher(client, () => connection.state === 'connected', connection.inboxPrefix);
    return new DeadLetters(names, broker, bucket, publisher);
  }

  /** Ends what waits for an acknowledgement; the connection is the caller's. */
  close(): void {
    this.#services.publisher.close();
  }

  /** Letters in one of the states, by ascending number, read page by page. Default: those that are open. */
  async *list(
    filter: LetterFilter = {},
    states: readonly LetterState[] = ['open'],
  ): AsyncGenerator<ListedLetter> {
    const listing = new Listing(this.#services.marks, this.#operations);
    for await (const page of this.#services.letters.matching(filter)) {
      const listed = await Promise.all(page.map((letter) => listing.of(letter)));
      yield* listed.filter(({ state }) => states.includes(state));
    }
  }

  /** The same letters by fingerprint, the largest groups first. */
  groups(filter: LetterFilter = {}, states: readonly LetterState[] = ['open']): Promise<LetterGroups> {
    return groupsOf(this.list(filter, states));
  }

  /**
   * One letter with all that is known of it; sensitive values of its payload are masked.
   * @throws DeadLetterNotFoundError
   */
  async show(seq: number): Promise<ListedLetter & LetterContent> {
    const stored = await this.#services.letters.stored(seq);
    const listing = new Listing(this.#services.marks, this.#operations);
    return { ...(await listing.of(readLetter(stored))), ...readContent(stored) };
  }

  /**
   * The payload of one letter, sensitive values included: to be edited, not to be shown.
   * @throws DeadLetterNotFoundError
   */
  async payload(seq: number): Promise<Body> {
    return bodyOf((await this.#services.letters.stored(seq)).payload);
  }

  /**
   * Sends letters again, each to the step that set it aside and to no other. Letters that come while it runs are left
   * out. Resolves when the steps have answered, or the operation was stopped, paused or left waiting.
   */
  async redrive(selection: Selection, options: RedriveOptions): Promise<Operation> {
    const held = await this.#begin('redrive', selection, options);
    return this.#redriveRun(held, options).run();
  }

  /**
   * Sends a new message in a letter's place, to the step that set it aside: with an id of its own, caused by the
   * original, which stays and is linked.
   * @throws DeadLetterNotFoundError
   * @throws ContractViolationError when the new data breaks its contract
   * @throws StepGoneError when no step takes it
   * @throws DeadLetterStateError when the letter is archived, or was redriven before; nothing was sent
   */
  async edit(seq: number, options: EditOptions): Promise<Operation> {
    const { letters, targets, names, marks } = this.#services;
    const letter = readLetter(await letters.stored(seq));
    const type = options.type ?? letter.event.type ?? '';
    const violations = options.violationsOf(options.data, type);
    if (violations.length > 0) throw new ContractViolationError(type, violations);
    if (!(await targets.takes(letter.app, letter.step)))
      throw new StepGoneError(stepName(letter.app, letter.step), names.delayed(letter.app));
    const { state } = await new Listing(marks, this.#operations).of(letter);
    if (state !== 'open' && (state !== 'redriven' || options.again !== true))
      throw new DeadLetterStateError(`Dead letter ${seq} is ${state} already; nothing was sent.`);
    const held = await this.#begin('edit', { seqs: [seq] }, options);
    const edit: Edit = { data: options.data, by: options.by, type: options.type };
    return new RedriveRun(
      this.#services,
      held,
      (stored, redrive) => editedCopy(stored, edit, redrive, names),
      options,
      editedId(letter, held.value.id),
    ).run();
  }

  /** Puts letters away: they stay in the stream, but are not listed among the open ones. */
  archive(selection: Selection, options: Author & RunOptions): Promise<Operation> {
    return this.#archive('archive', selection, options);
  }

  /** Brings archived letters back to where they were. */
  restore(selection: Selection, options: Author & RunOptions): Promise<Operation> {
    return this.#archive('restore', selection, options);
  }

  /** Every operation there was, the one that changed last at the end. */
  operations(): AsyncGenerator<Operation> {
    return this.#operations.all();
  }

  /** @throws OperationNotFoundError */
  operation(id: string): Promise<Operation> {
    return this.#operations.get(id);
  }

  /**
   * Makes a running operation pause, whoever works on it.
   * @throws OperationNotFoundError, OperationStateError
   */
  pause(id: string, by: string): Promise<Operation> {
    return this.#operations.pause(id, `paused by ${by}`);
  }

  /**
   * Goes on where an operation is: paused, waiting, or left by a process that died. What it has sent is not sent
   * again. When another process still works on it, that one ends.
   * @throws OperationNotFoundError
   * @throws OperationStateError when it is over, or is an edit whose message never left
   */
  async resume(id: string, options: RunOptions = {}): Promise<Operation> {
    const { kind } = await this.#operations.get(id);
    const held = await this.#operations.take(id);
    if (kind === 'redrive') return this.#redriveRun(held, options).run();
    if (kind === 'edit') return this.#resumeEdit(held, options);
    const { letters, marks } = this.#services;
    return new ArchiveRun(letters, marks, held, options).run();
  }

  #redriveRun(held: HeldOperation, options: RunOptions): RedriveRun {
    const { names } = this.#services;
    return new RedriveRun(
      this.#services,
      held,
      (stored, redrive) => redrivenCopy(stored, redrive, names),
      options,
    );
  }

  /** The edited data is nowhere but in the message: when that never left, there is nothing to send. */
  #resumeEdit(held: HeldOperation, options: RunOptions): Promise<Operation> {
    const unsent = (): never => {
      throw new OperationStateError(
        `The message of operation ${held.value.id} was never sent, and its data is gone; edit the letter again, with "again".`,
      );
    };
    return new RedriveRun(this.#services, held, unsent, options).run();
  }

  async #archive(kind: 'archive' | 'restore', selection: Selection, options: Author & RunOptions) {
    const held = await this.#begin(kind, selection, options);
    const { letters, marks } = this.#services;
    return new ArchiveRun(letters, marks, held, options).run();
  }

  async #begin(
    kind: Operation['kind'],
    selection: Selection,
    options: Author & Partial<RedriveOptions>,
  ): Promise<HeldOperation> {
    assertSelection(selection);
    const { lastSeq } = await streamOf(this.broker, this.names);
    return this.#operations.add(newOperation(kind, selection, lastSeq, options));
  }
}

/** @throws RangeError */
function assertSelection(selection: Selection): void {
  if (!('seqs' in selection)) return;
  const { seqs } = selection;
  if (seqs.length > MOST_NAMED)
    throw new RangeError(
      `One operation takes ${MOST_NAMED} letters by number at most; use a filter for more.`,
    );
  const wrong = seqs.find((seq) => !Number.isSafeInteger(seq) || seq < 1);
  if (wrong !== undefined) throw new RangeError(`${wrong} is no number of a dead letter.`);
}

async function streamOf(broker: Broker, names: Names): Promise<{ lastSeq: number; replicas: number }> {
  try {
    const { state, config } = await broker.manager.streams.info(names.deadLetters);
    return { lastSeq: state.last_seq, replicas: config.num_replicas };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      throw new DeadLettersMissingError(names.deadLetters);
    throw error;
  }
}
