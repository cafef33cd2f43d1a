import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import type { DirectSender, Names } from '@troupe/jetstream';
import { diagramOf } from './diagram.ts';
import { OrchestrationRequest, type RequestKind } from './direct.ts';
import { Bucket } from './engine/bucket.ts';
import { keys } from './engine/keys.ts';
import { InstanceNotFoundError, InstanceStatusError } from './errors.ts';
import { type InstanceRecord, type InstanceStatus } from './record.ts';
import { follow } from './status/changes.ts';
import { type InstanceFilter, type InstancePage, Instances, type Place } from './status/instances.ts';
import { type Found, Records } from './status/records.ts';
import type { MachineStructure } from './structure.ts';

/** Which app's orchestrations, and the ways to them. */
export interface OrchestrationsAddress {
  readonly app: string;
  readonly names: Names;
  readonly client: NatsConnection;
  /** Sends to the app's steps. */
  readonly direct: Pick<DirectSender, 'send'>;
}

/** What a person asks of an instance. */
export interface Asking extends Pick<OrchestrationRequest, 'kind' | 'command' | 'answer' | 'by'> {}

/** In which statuses something can be asked; in others nothing would come of it. */
const POSSIBLE: Readonly<Record<RequestKind, readonly InstanceStatus[]>> = {
  retry: ['suspended'],
  skip: ['suspended'],
  compensate: ['suspended'],
  cancel: ['accepted', 'running', 'suspended'],
};

/**
 * The orchestrations of one app, read from its bucket, and what people ask of them. It needs no app: it works from
 * wherever the broker is reached.
 */
export class Orchestrations {
  readonly app: string;
  readonly bucket: Bucket;
  readonly records: Records;
  readonly #address: OrchestrationsAddress;
  readonly #lists = new Map<string, Instances>();

  private constructor(address: OrchestrationsAddress, bucket: Bucket) {
    this.app = address.app;
    this.#address = address;
    this.bucket = bucket;
    this.records = new Records(bucket);
  }

  /** Asks the broker nothing yet. */
  static async of(address: OrchestrationsAddress): Promise<Orchestrations> {
    const { client, app, names } = address;
    return new Orchestrations(
      address,
      await Bucket.of(client, names.orchestrations(app), { api: names.api }),
    );
  }

  /**
   * Names of the orchestrations that the app has or had.
   * @throws EffectsUnavailableError
   */
  async names(): Promise<string[]> {
    const found = new Set<string>();
    for await (const page of this.bucket.written(keys.machines))
      for (const { key } of page) found.add(key.split('.')[1] ?? '');
    return [...found].sort();
  }

  /**
   * @throws InstanceNotFoundError for one that is unknown, or of another orchestration, which it names
   * @throws RecordDamagedError, EffectsUnavailableError
   */
  async find(orchestration: string, id: string): Promise<Found> {
    const found = await this.records.find(orchestration, id);
    if (found !== undefined) return found;
    throw new InstanceNotFoundError(orchestration, id, await this.#other(orchestration, id));
  }

  /** The instance now and after each change, until it is over or gone, or the signal is aborted. */
  follow(orchestration: string, id: string, signal: AbortSignal): AsyncGenerator<Found> {
    return follow({
      client: this.#address.client,
      subjects: this.records.subjectsOf(orchestration, id),
      look: () => this.records.find(orchestration, id),
      signal,
    });
  }

  /**
   * The youngest instances, a page at a time.
   * @throws EffectsUnavailableError
   */
  list(orchestration: string, filter: InstanceFilter, limit: number, after?: Place): Promise<InstancePage> {
    const list = this.#lists.get(orchestration) ?? new Instances(this.bucket, orchestration);
    this.#lists.set(orchestration, list);
    return list.page(filter, limit, after);
  }

  /**
   * Draws the machine of an instance as a Mermaid state diagram, with its present state marked; undefined when the
   * bucket does not have the machine of its version.
   * @throws RecordDamagedError, EffectsUnavailableError
   */
  async diagram({ record }: Found): Promise<string | undefined> {
    const key = keys.machine(record.orchestration, record.version);
    const machine = (await this.bucket.get<MachineStructure>(key)).record;
    return machine && diagramOf(machine, record.snapshot?.value);
  }

  /**
   * Asks an instance to do something. Resolves when the question is stored: the instance does it when its turn comes.
   * One that is being undone already is not asked again to be.
   * @throws InstanceNotFoundError, InstanceStatusError: nothing was asked
   * @throws what `DirectSender.send` throws
   */
  async ask(orchestration: string, id: string, asking: Asking): Promise<Found> {
    const found = await this.find(orchestration, id);
    const { status } = found.record;
    const possible = POSSIBLE[asking.kind];
    const undoes = asking.kind === 'cancel' || asking.kind === 'compensate';
    if (undoes && status === 'compensating') return found;
    if (!possible.includes(status))
      throw new InstanceStatusError(orchestration, id, status, TO[asking.kind], possible);
    await this.#address.direct.send(orchestration, OrchestrationRequest, requestOf(asking), {
      id: randomUUID(),
      flowId: id,
    });
    return found;
  }

  async #other(orchestration: string, id: string): Promise<string | undefined> {
    for (const name of await this.names()) {
      if (name === orchestration) continue;
      const { record } = await this.bucket.get<InstanceRecord>(keys.instance(name, id));
      if (record !== undefined) return name;
    }
    return undefined;
  }
}

const TO: Readonly<Record<RequestKind, string>> = {
  retry: 'be retried',
  skip: 'have a command skipped',
  compensate: 'be compensated',
  cancel: 'be cancelled',
};

function requestOf({ kind, command, answer, by }: Asking): OrchestrationRequest {
  return {
    kind,
    ...(command !== undefined && { command }),
    ...(answer !== undefined && { answer }),
    ...(by !== undefined && { by }),
  };
}
