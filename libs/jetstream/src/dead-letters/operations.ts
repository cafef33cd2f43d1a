import type { Bucket, Entry } from './bucket.ts';
import { OperationNotFoundError, OperationStateError } from './errors.ts';
import { newRunner, type Operation } from './operation.ts';

/** The records of all operations. */
export class Operations {
  constructor(private readonly bucket: Bucket) {}

  async get(id: string): Promise<Operation> {
    return (await this.#entry(id)).value;
  }

  /** Oldest change first. */
  async *all(): AsyncGenerator<Operation> {
    for await (const { value } of this.entries()) yield value;
  }

  /** The same, each with the revision that a removal must name. */
  entries(): AsyncGenerator<Entry<Operation>> {
    return this.bucket.entries<Operation>('operation');
  }

  /** Leaves nothing of a record, unless it changed meanwhile. */
  remove({ value: { id }, revision }: Entry<Operation>): Promise<void> {
    return this.bucket.remove(keyOf(id), revision);
  }

  async add(operation: Operation): Promise<HeldOperation> {
    const revision = await this.bucket.put(keyOf(operation.id), operation, undefined);
    if (revision === undefined)
      throw new OperationStateError(`There is an operation ${operation.id} already.`);
    return new HeldOperation(this.bucket, operation, revision);
  }

  /** Takes an operation over, whoever worked on it: of two, the slower one stops at its next write. */
  async take(id: string): Promise<HeldOperation> {
    for (;;) {
      const { value, revision } = await this.#entry(id);
      if (value.state === 'done' || value.state === 'stopped')
        throw new OperationStateError(`Operation ${id} is ${value.state}; there is nothing to resume.`);
      const { note: _over, ...rest } = value;
      const taken: Operation = { ...rest, state: 'running', runner: newRunner(), updatedAt: now() };
      const written = await this.bucket.put(keyOf(id), taken, revision);
      if (written !== undefined) return new HeldOperation(this.bucket, taken, written);
    }
  }

  /** Makes whoever works on it stop at its next step. */
  async pause(id: string, note: string): Promise<Operation> {
    for (;;) {
      const { value, revision } = await this.#entry(id);
      if (value.state !== 'running') {
        throw new OperationStateError(`Operation ${id} is ${value.state}; only a running one can be paused.`);
      }
      const paused: Operation = { ...value, state: 'paused', note, updatedAt: now() };
      if ((await this.bucket.put(keyOf(id), paused, revision)) !== undefined) return paused;
    }
  }

  async #entry(id: string): Promise<Entry<Operation>> {
    const entry = /^[\w-]+$/.test(id) ? await this.bucket.get<Operation>(keyOf(id)) : undefined;
    if (entry === undefined) throw new OperationNotFoundError(id);
    return entry;
  }
}

/** An operation in the hands of the process that works on it. */
export class HeldOperation {
  constructor(
    private readonly bucket: Bucket,
    private current: Operation,
    private revision: number,
  ) {}

  get value(): Operation {
    return this.current;
  }

  /** Writes how far it is. False when somebody paused it or took it over: then it is read anew, and work must end. */
  async write(change: Partial<Operation>): Promise<boolean> {
    const next: Operation = { ...this.current, ...change, updatedAt: now() };
    const revision = await this.bucket.put(keyOf(next.id), next, this.revision);
    if (revision === undefined) {
      await this.reread();
      return false;
    }
    this.current = next;
    this.revision = revision;
    return true;
  }

  /** Whether it is still this process that works on it. */
  async isHeld(): Promise<boolean> {
    const entry = await this.bucket.get<Operation>(keyOf(this.current.id));
    if (entry?.revision === this.revision) return true;
    if (entry !== undefined) this.current = entry.value;
    return false;
  }

  private async reread(): Promise<void> {
    const entry = await this.bucket.get<Operation>(keyOf(this.current.id));
    if (entry !== undefined) this.current = entry.value;
  }
}

function keyOf(id: string): string {
  return `operation.${id}`;
}

function now(): string {
  return new Date().toISOString();
}
