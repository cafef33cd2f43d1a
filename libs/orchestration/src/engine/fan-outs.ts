import { EffectsUnavailableError } from '@troupe/jetstream';
import { countBranch } from '../kernel/branches.ts';
import type { FanOutDispatch } from '../kernel/input.ts';
import type { BranchRecord, FanOutRecord } from '../record.ts';
import { type Bucket, type Entry, NEVER_WRITTEN } from './bucket.ts';
import { Joins } from './joins.ts';
import { keys } from './keys.ts';
import { pipelined } from './pipelined.ts';
import { Remembered } from './remembered.ts';

/** A branch that is over, and its join with the branch counted. */
export interface EndedBranch {
  readonly branch: BranchRecord;
  readonly join: FanOutRecord | undefined;
}

/** A kilobyte or so each. */
const MOST_REMEMBERED = 20_000;
/** Fan-outs, of 10,000 branches each at most. */
const MOST_UNDOING = 8;

/**
 * Branches of fan-outs and their joins, each under a key of its own, so that the work for a branch is the same however
 * many there are.
 */
export class FanOuts {
  readonly #joins: Joins;
  readonly #branches = new Remembered<Entry<BranchRecord>>(MOST_REMEMBERED);
  /** Of fan-outs that are being undone, so that undoing one branch does not cost reading all. */
  readonly #undoing = new Remembered<readonly BranchRecord[]>(MOST_UNDOING);

  constructor(
    private readonly bucket: Bucket,
    private readonly orchestration: string,
    private readonly ttl: string,
  ) {
    this.#joins = new Joins(bucket);
  }

  /** Writes the branches, then the join: whoever finds a join finds all its branches. */
  async dispatch(id: string, { fanOut, branches }: FanOutDispatch): Promise<void> {
    await pipelined(branches, (branch) => this.#begin(id, branch));
    await this.#joins.begin(this.#joinKey(id, fanOut.id), fanOut);
  }

  /** The branch whose command this is; undefined when the instance has none. */
  async branch(id: string, commandId: string): Promise<BranchRecord | undefined> {
    return (await this.#entry(this.#key(id, commandId))).record;
  }

  /**
   * Ends a branch, and counts it in its join. One that is over is counted again, whoever ended it: a process may have
   * died before it counted. A message that ended it in an earlier delivery gets the same again; undefined when the
   * message ends nothing.
   * @param endOf the branch after it ended; undefined when this changes nothing
   */
  async end(
    id: string,
    commandId: string,
    inputId: string,
    endOf: (branch: BranchRecord) => BranchRecord | undefined,
  ): Promise<EndedBranch | undefined> {
    const key = this.#key(id, commandId);
    for (let entry = await this.#entry(key); ; entry = await this.#read(key)) {
      const { record, revision } = entry;
      if (record === undefined) return undefined;
      const ended = endOf(record);
      if (ended === undefined) {
        const over = record.status === 'open' ? undefined : await this.#count(id, record);
        return record.endedBy === inputId ? over : undefined;
      }
      if (await this.#write(key, ended, revision)) return this.#count(id, ended);
    }
  }

  join(id: string, fanOut: string): Promise<FanOutRecord | undefined> {
    return this.#joins.read(this.#joinKey(id, fanOut));
  }

  /**
   * All branches of a fan-out, in the order in which they were dispatched, and as they were when the join was read or
   * later.
   * @throws EffectsUnavailableError when what the broker gives is older: a copy of the bucket's stream may answer
   */
  async branches(id: string, fanOut: string): Promise<BranchRecord[]> {
    const join = await this.join(id, fanOut);
    if (join === undefined) return [];
    const all = await this.bucket.all<BranchRecord>(keys.branches(this.orchestration, id));
    const branches = [...all.values()]
      .map(({ record }) => record)
      .filter((branch) => branch.fanOut === fanOut)
      .sort((a, b) => a.index - b.index);
    const over = branches.filter(({ status }) => status !== 'open').length;
    if (branches.length < join.total || over < join.answered + join.failed)
      throw new EffectsUnavailableError(`A copy of the bucket ${this.bucket.name} is behind.`);
    return branches;
  }

  /**
   * The answered branch with something to undo that has the highest index below this one. From then on an answered
   * branch is told to the instance, since what was done is being undone.
   */
  async lastToUndo(id: string, fanOut: string, below: number): Promise<BranchRecord | undefined> {
    const key = this.#joinKey(id, fanOut);
    const last = (branches: readonly BranchRecord[] | undefined) =>
      branches?.findLast(({ index, undo }) => index < below && undo !== undefined);
    const known = last(this.#undoing.get(key));
    if (known !== undefined) return known;
    // Closed before they are read: an answer is either among them, or finds the join closed.
    await this.#joins.change(key, (join) => (join.closed ? join : { ...join, closed: true }));
    const branches = await this.branches(id, fanOut);
    this.#undoing.set(key, branches);
    return last(branches);
  }

  /** Notes that the open branches were sent so often. */
  async sent(id: string, fanOut: string, sends: number): Promise<void> {
    await this.#joins.change(this.#joinKey(id, fanOut), (join) =>
      join.sent >= sends ? join : { ...join, sent: sends },
    );
  }

  /** From now on, what is kept of the fan-outs of an instance goes by itself. */
  async expire(id: string): Promise<void> {
    for (const pattern of [keys.fanOuts(this.orchestration, id), keys.branches(this.orchestration, id)]) {
      const all = await this.bucket.all(pattern);
      await pipelined([...all], ([key, { record, revision }]) =>
        this.bucket.put(key, record, revision, this.ttl),
      );
    }
  }

  async #begin(id: string, branch: BranchRecord): Promise<void> {
    const key = this.#key(id, branch.id);
    if (await this.#write(key, branch, NEVER_WRITTEN)) return;
    // Begun by an earlier delivery of the same input. What it wrote is the same, unless the instance moved meanwhile.
    const { record, revision } = await this.#read(key);
    if (record === undefined || isUnlike(record, branch)) await this.#write(key, branch, revision);
  }

  async #count(id: string, branch: BranchRecord): Promise<EndedBranch> {
    const join = await this.#joins.change(this.#joinKey(id, branch.fanOut), (one) =>
      countBranch(one, branch),
    );
    return { branch, join };
  }

  async #entry(key: string): Promise<Entry<BranchRecord | undefined>> {
    return this.#branches.get(key) ?? this.#read(key);
  }

  #read(key: string): Promise<Entry<BranchRecord | undefined>> {
    this.#branches.delete(key);
    return this.bucket.get<BranchRecord>(key);
  }

  async #write(key: string, record: BranchRecord, revision: number): Promise<boolean> {
    const written = await this.bucket.put(key, record, revision);
    if (written !== undefined && record.status === 'open')
      this.#branches.set(key, { record, revision: written });
    else this.#branches.delete(key);
    return written !== undefined;
  }

  #key(id: string, commandId: string): string {
    return keys.branch(this.orchestration, id, commandId);
  }

  #joinKey(id: string, fanOut: string): string {
    return keys.fanOut(this.orchestration, id, fanOut);
  }
}

/** A branch that is open and was decided in another way. */
function isUnlike(there: BranchRecord, branch: BranchRecord): boolean {
  return (
    there.status === 'open' &&
    (there.fanOut !== branch.fanOut ||
      JSON.stringify(there.message?.data) !== JSON.stringify(branch.message?.data) ||
      there.index !== branch.index)
  );
}
