import { setTimeout as delay } from 'node:timers/promises';
import type { Names } from '../naming.ts';
import type { Broker } from './broker.ts';
import { Chunks } from './chunks.ts';
import { readFailures } from './failures.ts';
import type { Operation } from './operation.ts';
import type { HeldOperation } from './operations.ts';
import type { RunOptions } from './options.ts';
import { type CopyOf, Sending, type SendingServices } from './sending.ts';

/** What runs need of the broker. */
export interface RunServices extends SendingServices {
  readonly broker: Broker;
  readonly names: Names;
}

const ANSWER_WITHIN_MS = 300_000;
const CHUNK = 128;
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;

/** Whether a stage is through, or the operation was ended meanwhile: by a person, another process, or the time. */
type StageEnd = 'through' | 'ended';

/**
 * Sends the letters of an operation stage by stage: the canary's, each awaited before the next, then the rest. How far
 * it is stands in the record after each chunk, so another process can go on from there.
 */
export class RedriveRun {
  readonly #sending: Sending;
  readonly #chunks: Chunks;
  #isExhausted = false;
  #nextAt = 0;

  constructor(
    private readonly services: RunServices,
    private readonly held: HeldOperation,
    copyOf: CopyOf,
    private readonly options: RunOptions,
    private readonly editedId?: string,
  ) {
    this.#sending = new Sending(services, copyOf);
    const { selection, cursor, lastSeq } = held.value;
    this.#chunks = new Chunks(services.letters.selected(selection, { after: cursor, upTo: lastSeq }));
  }

  /** Resolves to the record when it is done, stopped, paused or waiting. */
  async run(): Promise<Operation> {
    try {
      for (;;) {
        if ((await this.#sendStage()) === 'ended' || (await this.#awaitStage()) === 'ended') break;
        const { stage, canary, counts } = this.held.value;
        if (stage < canary.length && counts.failed > 0) {
          const note = `${counts.failed} of the canary's ${counts.done} failed again`;
          await this.#write({ state: 'stopped', note });
          break;
        }
        if (this.#isExhausted) {
          await this.#write({ state: 'done' });
          break;
        }
        if (!(await this.#write({ stage: stage + 1 }))) break;
      }
    } catch (error) {
      await this.#write({
        state: 'paused',
        note: error instanceof Error ? error.message : String(error),
      }).catch(
        () => {}, // what hindered the work may hinder this too; it is resumed as after a crash
      );
      throw error;
    } finally {
      await this.#chunks.close();
    }
    return this.held.value;
  }

  async #sendStage(): Promise<StageEnd> {
    for (;;) {
      const { stage, canary, counts } = this.held.value;
      const left = stage < canary.length ? sum(canary.slice(0, stage + 1)) - counts.done : CHUNK;
      if (left <= 0) return 'through';
      if (await this.#isTold()) return 'ended';
      const letters = await this.#chunks.next(Math.min(left, this.#chunkSize()));
      const last = letters.at(-1);
      if (last === undefined) {
        this.#isExhausted = true;
        return 'through';
      }
      const sent = await this.#sending.send(this.held.value, letters, this.editedId);
      const written = await this.#write({
        cursor: last.seq,
        targets: sent.targets,
        counts: {
          ...counts,
          done: counts.done + sent.done,
          skipped: counts.skipped + ('seqs' in this.held.value.selection ? sent.skipped : 0),
          refused: counts.refused + sent.refused,
        },
      });
      if (!written) return 'ended';
      await this.#pace(sent.done);
    }
  }

  /** Waits until the steps have answered all that was sent. */
  async #awaitStage(): Promise<StageEnd> {
    const { answerWithinMs = ANSWER_WITHIN_MS } = this.options;
    const deadline = performance.now() + answerWithinMs;
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
      const through = await this.#areThrough();
      const { broker, names, marks } = this.services;
      const read = await readFailures(broker, names, marks, this.held.value);
      const { stage, canary, cursor, watchedUpTo } = this.held.value;
      const isNews = read.watchedUpTo !== watchedUpTo;
      if (through) return (await this.#write({ ...read, settledUpTo: cursor })) ? 'through' : 'ended';
      if (isNews && !(await this.#write(read))) return 'ended';
      if (performance.now() > deadline) {
        if (stage < canary.length && read.counts.failed > 0) return 'through';
        const seconds = Math.round(answerWithinMs / 1000);
        await this.#write({ state: 'waiting', note: `not every step had answered after ${seconds} s` });
        return 'ended';
      }
      if ((await this.#isTold()) || !(await this.held.isHeld())) return 'ended';
      await this.#wait(pollMs);
    }
  }

  async #areThrough(): Promise<boolean> {
    const targets = { ...this.held.value.targets };
    let all = true;
    for (const [durable, target] of Object.entries(targets)) {
      const { through, upTo } = await this.services.targets.isThrough(this.held.value, target);
      if (upTo > target.upTo) {
        targets[durable] = { ...target, upTo };
        await this.#write({ targets });
      }
      all &&= through;
    }
    return all;
  }

  /** With a rate, a chunk is a tenth of a second's worth: what is sent stays even. */
  #chunkSize(): number {
    const { ratePerSecond } = this.held.value;
    return ratePerSecond === undefined ? CHUNK : Math.max(1, Math.min(CHUNK, Math.floor(ratePerSecond / 10)));
  }

  async #pace(sent: number): Promise<void> {
    const { ratePerSecond } = this.held.value;
    if (ratePerSecond === undefined) return;
    const now = performance.now();
    this.#nextAt = Math.max(this.#nextAt, now) + (sent * 1_000) / ratePerSecond;
    if (this.#nextAt > now) await this.#wait(this.#nextAt - now);
  }

  /** Whether a person wants it to pause; then the record says so. */
  async #isTold(): Promise<boolean> {
    if (this.options.signal?.aborted !== true) return false;
    await this.#write({ state: 'paused', note: 'told to pause' });
    return true;
  }

  async #write(change: Partial<Operation>): Promise<boolean> {
    const written = await this.held.write(change);
    this.options.onProgress?.(this.held.value);
    return written;
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.options.signal }).catch(() => {}); // told to pause: seen by the caller
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
