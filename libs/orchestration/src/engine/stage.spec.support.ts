import { type JetStreamManager, jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsServer } from '@troupe/broker';
import { type ContractClass, contractOf } from '@troupe/contract';
import {
  Names,
  next,
  Runtime,
  type RuntimeOptions,
  type StepContext,
  type StepDefinition,
  type StreamSettings,
} from '@troupe/jetstream';
import { onTestFinished } from 'vitest';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import type { InstanceRecord } from '../record.ts';
import {
  ItemMissing,
  ItemPicked,
  ItemReturned,
  ParcelPaid,
  ParcelRequested,
  PickItem,
  PutBack,
  ReleaseStation,
  ReserveStation,
  StationReleased,
  StationReserved,
} from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { keys } from './keys.ts';
import { orchestrationStep } from './step.ts';
import { readStoredText } from './stored-text.ts';

const MIB = 1024 * 1024;
const SMALL_STREAMS = { eventsMaxBytes: 64 * MIB, deadLettersMaxBytes: 8 * MIB, noticesMaxBytes: 8 * MIB };

/** What the workers of a stage do; each may be replaced. */
export interface Work {
  reserve(command: ReserveStation, context: StepContext): ReturnType<StepDefinition['handle']>;
  pick(command: PickItem, context: StepContext): ReturnType<StepDefinition['handle']>;
  release(command: ReleaseStation, context: StepContext): ReturnType<StepDefinition['handle']>;
  putBack(command: PutBack, context: StepContext): ReturnType<StepDefinition['handle']>;
}

const WORK: Work = {
  reserve: () => next(StationReserved, { station: 'north-3' }),
  pick: ({ item }) => next(ItemPicked, { item }),
  release: ({ station }) => next(StationReleased, { station }),
  putBack: ({ item }) => next(ItemReturned, { item }),
};

let stages = 0;

/** An environment of its own on a server: the parcel orchestration, the workers of its commands, and a desk that begins it. */
export class Stage {
  readonly prefix = `s${++stages}`;
  readonly names = new Names(this.prefix);
  desk!: Runtime;
  manager!: JetStreamManager;

  constructor(
    readonly server: NatsServer,
    private readonly streams: StreamSettings,
  ) {}

  static async on(server: NatsServer, streams: StreamSettings = {}): Promise<Stage> {
    const stage = new Stage(server, { ...SMALL_STREAMS, ...streams });
    stage.desk = await stage.app('desk', [], {
      produces: [ParcelRequested, ParcelPaid, StationReserved, ItemPicked],
    });
    stage.manager = await jetstreamManager(stage.desk.connection.client);
    return stage;
  }

  /** An app that ends with the test. */
  async app(
    app: string,
    steps: readonly StepDefinition[],
    options: Partial<RuntimeOptions> = {},
  ): Promise<Runtime> {
    const runtime = new Runtime({
      app,
      version: '1.0.0',
      prefix: this.prefix,
      connection: { servers: this.server.url },
      streams: this.streams,
      ...options,
      steps,
    });
    onTestFinished(() => runtime.stop());
    await runtime.start();
    return runtime;
  }

  orchestrator(
    changes: Partial<OrchestrationOptions> = {},
    options: Partial<RuntimeOptions> = {},
  ): Promise<Runtime> {
    return this.app('shop', [orchestrationStep({ ...parcelOptions, ...changes })], options);
  }

  workers(changes: Partial<Work> = {}): Promise<Runtime> {
    const work = { ...WORK, ...changes };
    const common = { from: 'beginning', retry: { attempts: 1 } } as const;
    return this.app('workers', [
      {
        ...common,
        name: 'reserve',
        on: [ReserveStation],
        emits: [StationReserved],
        handle: (command, context) => work.reserve(command as ReserveStation, context),
      },
      {
        ...common,
        name: 'pick',
        on: [PickItem],
        emits: [ItemPicked, ItemMissing],
        handle: (command, context) => work.pick(command as PickItem, context),
      },
      {
        ...common,
        name: 'release',
        on: [ReleaseStation],
        emits: [StationReleased],
        handle: (command, context) => work.release(command as ReleaseStation, context),
      },
      {
        ...common,
        name: 'put-back',
        on: [PutBack],
        emits: [ItemReturned],
        handle: (command, context) => work.putBack(command as PutBack, context),
      },
    ]);
  }

  async request(parcel: string, items: string[], id = parcel): Promise<void> {
    await this.desk.producer.send(ParcelRequested, { parcel, items }, { id, flowId: parcel });
  }

  async pay(parcel: string): Promise<void> {
    await this.desk.producer.send(ParcelPaid, { parcel }, { id: `paid-${parcel}`, flowId: parcel });
  }

  /** The record of an instance as it stands in the bucket; undefined when there is none. */
  async record(id: string, orchestration = 'parcel'): Promise<InstanceRecord | undefined> {
    const entry = await (await this.bucket()).get(keys.instance(orchestration, id));
    if (entry === null || entry.operation !== 'PUT') return undefined;
    const read = readStoredText(entry.string());
    return 'record' in read ? (read.record as InstanceRecord) : undefined;
  }

  async bucket() {
    return new Kvm(this.desk.connection.client).open(this.names.bucket('orc_shop'));
  }

  /** Waits until an instance is as described. */
  async reached(
    id: string,
    is: (record: InstanceRecord) => boolean,
    orchestration = 'parcel',
  ): Promise<InstanceRecord> {
    return until(`${id} is as expected`, async () => {
      const record = await this.record(id, orchestration);
      return record !== undefined && is(record) ? record : undefined;
    });
  }

  ended(id: string): Promise<InstanceRecord> {
    return this.reached(id, ({ endedAt }) => endedAt !== undefined);
  }

  deadLetters(): Promise<StoredMsg[]> {
    return this.#stored(this.names.deadLetters, '>');
  }

  /** Waits until an app has answered all that it was given, and is to try nothing again. */
  async settled(app: string): Promise<void> {
    const delayed = this.names.delayed(app);
    await until(
      `${app} is done`,
      async () =>
        !(await this.#isToRetry(delayed, app)) &&
        (await this.#isDone(delayed, app)) &&
        (await this.#isDone(this.names.events, app)) &&
        !(await this.#isToRetry(delayed, app)),
    );
  }

  /** Schedules without an attempt are wake-ups: an orchestration that ended leaves its own. */
  async #isToRetry(delayed: string, app: string): Promise<boolean> {
    const schedules = await this.#stored(delayed, this.names.scheduleSubject(app, '*'));
    return schedules.some(({ header }) => header.has('x-attempt'));
  }

  /** A consumer hears of a message a moment after it is stored: that nothing is pending does not say that it did. */
  async #isDone(stream: string, app: string): Promise<boolean> {
    for await (const { name, config, delivered, ...info } of this.manager.consumers.list(stream)) {
      if (!name.startsWith(`${app}__`)) continue;
      if (info.num_pending + info.num_ack_pending > 0) return false;
      const last = await this.manager.streams.getMessage(stream, {
        last_by_subj: config.filter_subject ?? '>',
      });
      if ((last?.seq ?? 0) > delivered.stream_seq) return false;
    }
    return true;
  }

  /** Bodies of the alerts of all apps, oldest first. */
  async alerts(): Promise<{ readonly reason: string; readonly message: string }[]> {
    const subject = this.names.noticeSubject('alert', '*', '*');
    return (await this.#stored(this.names.notices, subject)).map((message) => message.json());
  }

  /** Bodies of what was sent of a contract, oldest first, with their flow and the one that handed off to it. */
  async sent<T extends object>(
    contract: ContractClass<T>,
  ): Promise<(T & { readonly flow: string; readonly parent: string; readonly id: string })[]> {
    const subject = `${this.names.contractSubject(contractOf(contract))}.*`;
    return (await this.#stored(this.names.events, subject)).map((message) => ({
      ...message.json<T>(),
      flow: message.header.get('ce-correlationid'),
      parent: message.header.get('ce-parentflowid'),
      id: message.header.get('ce-id'),
    }));
  }

  /** What a stream holds on a subject, oldest first. */
  async #stored(stream: string, subject: string): Promise<StoredMsg[]> {
    const found: StoredMsg[] = [];
    for (let seq = 1; ; ) {
      const message = await this.manager.direct.getMessage(stream, { seq, next_by_subj: subject });
      if (message === null) return found;
      found.push(message);
      seq = message.seq + 1;
    }
  }
}
