import type { JetStreamManager } from '@nats-io/jetstream';
import { instanceKey, keyToken, type Names } from '@troupe/jetstream';
import { ownOf } from '../model/ends.ts';
import type { Expectations, ExpectedOrchestration } from '../model/expectation.ts';
import type { Orchestrated } from '../model/orchestrated.ts';
import type { FlowRecord, StoredMessage } from '../model/record.ts';
import { orUndefined } from '../projection/streams.ts';

/** Open fan-outs of a flow that are looked at. */
const MOST_FAN_OUTS = 4;
const OVER: readonly unknown[] = ['completed', 'cancelled', 'compensated', 'failed'];

/** Reads from an app's bucket how the orchestrations of a flow are, when it is asked for. */
export class Orchestrations {
  constructor(
    private readonly manager: Pick<JetStreamManager, 'direct'>,
    private readonly names: Names,
  ) {}

  /**
   * What their records say; one that has no record yet, or none any more, is left out.
   * @param isOthers what is the affair of another flow's orchestrations
   */
  async of(
    record: FlowRecord,
    expectations: Expectations,
    isOthers: (message: StoredMessage, step: string) => boolean = () => false,
  ): Promise<Orchestrated[]> {
    const expected = expectations.orchestrationsOf(ownOf(record), isOthers);
    const read = await Promise.all(expected.map((one) => this.#read(record.id, one)));
    return read.filter((one) => one !== undefined);
  }

  async #read(flow: string, { app, name }: ExpectedOrchestration): Promise<Orchestrated | undefined> {
    const unknown = { name, state: undefined, waitsFor: [], problem: undefined, isOver: false };
    try {
      const bucket = this.names.orchestrations(app);
      const record = await this.#record(bucket, instanceKey(name, flow));
      if (record === undefined) return undefined;
      if (record === 'damaged') return { ...unknown, status: 'damaged' };
      const { status, snapshot, fanOuts, problems } = record as Partial<InstanceRecord>;
      const isOver = OVER.includes(status);
      const token = `${name}.${keyToken(flow)}`;
      const open = isOver ? [] : (fanOuts ?? []).filter((one) => one.status === 'open');
      const waitsFor = open.slice(-MOST_FAN_OUTS).map(async (fanOut) => {
        const over = await this.#record(bucket, `f.${token}.${keyToken(fanOut.id)}`);
        const { answered = 0, failed = 0 } = (over ?? {}) as Partial<FanOutRecord>;
        return { name: fanOut.name, done: answered + failed, total: fanOut.total };
      });
      return {
        name,
        status: String(status),
        state: stateOf(snapshot?.value),
        waitsFor: await Promise.all(waitsFor),
        problem: problems?.at(-1)?.message,
        isOver,
      };
    } catch {
      return { ...unknown, status: 'unknown' }; // the broker does not answer now
    }
  }

  async #record(bucket: string, key: string): Promise<object | 'damaged' | undefined> {
    const query = { last_by_subj: `$KV.${bucket}.${key}` };
    const found = await orUndefined(this.manager.direct.getMessage(`KV_${bucket}`, query));
    if (found === undefined || found === null || found.data.length === 0) return undefined;
    try {
      const { record } = found.json<{ record?: unknown }>();
      return typeof record === 'object' && record !== null ? record : 'damaged';
    } catch {
      return 'damaged';
    }
  }
}

/** What is read of an instance's record; docs/reference/wire.md has it whole. */
interface InstanceRecord {
  readonly status: string;
  readonly snapshot: { readonly value?: unknown } | null;
  readonly fanOuts: readonly {
    readonly id: string;
    readonly name: string;
    readonly total: number;
    readonly status: string;
  }[];
  readonly problems: readonly { readonly message: string }[];
}

/** What is read of a fan-out's record: how many branches are over. */
interface FanOutRecord {
  readonly answered: number;
  readonly failed: number;
}

/** `picking`, `packing.labels`; of parallel states all: `packing, billing.sent`. */
function stateOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value)
    .map(([state, inner]) => {
      const below = stateOf(inner);
      return below === undefined || below === '' ? state : `${state}.${below}`;
    })
    .join(', ');
}
