import type { Bucket } from '../engine/bucket.ts';
import { keys } from '../engine/keys.ts';
import { type BranchRecord, type FanOutRecord, hasEnded, type InstanceRecord } from '../record.ts';
import type { Looked } from './changes.ts';

/** An instance as its records have it. */
export interface Found extends Looked {
  readonly record: InstanceRecord;
  readonly joins: readonly FanOutRecord[];
}

/** Branches that a status shows at most, those of all its fan-outs together. */
export const MOST_SHOWN = 100;

/** Reads what the bucket has of one instance. */
export class Records {
  constructor(private readonly bucket: Bucket) {}

  /**
   * The instance and how far its fan-outs are; undefined without one. Its `etag` changes with each of them, and with
   * branches whose end a fan-out counts.
   * @throws RecordDamagedError, EffectsUnavailableError
   */
  async find(orchestration: string, id: string): Promise<Found | undefined> {
    const { record, revision } = await this.bucket.get<InstanceRecord>(keys.instance(orchestration, id));
    if (record === undefined) return undefined;
    const joins = await Promise.all(
      record.fanOuts.map((fanOut) =>
        this.bucket.get<FanOutRecord>(keys.fanOut(orchestration, id, fanOut.id)),
      ),
    );
    // Revisions are sequences of one stream: the largest tells all of them apart from what was before.
    const newest = Math.max(revision, ...joins.map((join) => join.revision));
    return {
      record,
      joins: joins.flatMap((join) => join.record ?? []),
      etag: `W/"${newest}"`,
      isOver: hasEnded(record),
    };
  }

  /**
   * All branches of an instance by fan-out, in the order of their indices.
   * @throws RecordDamagedError, EffectsUnavailableError
   */
  async branches({ orchestration, id }: Pick<InstanceRecord, 'orchestration' | 'id'>) {
    const found = await this.bucket.all<BranchRecord>(keys.branches(orchestration, id));
    const records = [...found.values()].map(({ record }) => record).sort((a, b) => a.index - b.index);
    return Map.groupBy(records, ({ fanOut }) => fanOut);
  }

  /** The same, when a status shows them. */
  async shownBranches({ record }: Pick<Found, 'record'>): Promise<Map<string, BranchRecord[]> | undefined> {
    const total = record.fanOuts.reduce((sum, fanOut) => sum + fanOut.total, 0);
    return total > 0 && total <= MOST_SHOWN ? this.branches(record) : undefined;
  }

  /** Subjects on which a change of the instance is heard when it is written. */
  subjectsOf(orchestration: string, id: string): string[] {
    const written = [keys.instance(orchestration, id), keys.fanOuts(orchestration, id)];
    return written.map((key) => this.bucket.subject(key));
  }
}
