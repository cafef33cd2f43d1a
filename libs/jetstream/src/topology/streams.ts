import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { TopologyMismatchError } from '../errors.ts';
import { DEFAULT_LANES } from '../lane.ts';
import type { Names } from '../naming.ts';

/** Room that a copy of a stored message (a dead letter, a retry) has for more headers. */
export const COPY_HEADROOM = 64 * 1024;

/** The server must take twice that: as much for a message. */
const SMALLEST_PAYLOAD = 2 * COPY_HEADROOM;

/** Key of the lane count in a stream's metadata. */
export const LANES_KEY = 'troupe-lanes';

/** A mark takes about 150 bytes, and only what is being handled a second time has one: room for tens of thousands. */
const CRASHES_MAX_BYTES = 4 * 1024 * 1024;

const MIB = 1024 * 1024;
const DAY = 24 * 60 * 60 * 1000;

/** What would let one who may publish there empty the stream, or write where it may not. */
const guarded = { allow_msg_schedules: false, allow_rollup_hdrs: false };

/** Sizes and durability of the streams that an app creates. */
export interface StreamSettings {
  /** Copies that a cluster keeps of each stream, bucket and consumer: 1, 3 or 5. Default 1. */
  readonly replicas?: number;
  /** How long a message id suppresses duplicates, in ms. Default 600,000. */
  readonly duplicateWindowMs?: number;
  /** Size of EVENTS in bytes; full, it refuses. Default 1 GiB. */
  readonly eventsMaxBytes?: number;
  /** Size of DEAD_LETTERS in bytes. Default 256 MiB. */
  readonly deadLettersMaxBytes?: number;
  /** Size of NOTICES in bytes; full, its oldest go. Default 64 MiB. */
  readonly noticesMaxBytes?: number;
}

/** A stream as declared: its name and every setting that the platform relies on. */
export type StreamDeclaration = Pick<StreamConfig, 'name'> & Partial<StreamConfig>;

/**
 * The streams that all apps share. `maxPayload` is what the server takes in one message.
 * @throws TopologyMismatchError when that leaves no room for copies
 */
export function declareStreams(
  names: Names,
  maxPayload: number,
  settings: StreamSettings = {},
): StreamDeclaration[] {
  if (maxPayload < SMALLEST_PAYLOAD) {
    const difference = { what: 'server', setting: 'max_payload', inBroker: maxPayload };
    throw new TopologyMismatchError(
      [{ ...difference, declared: SMALLEST_PAYLOAD }],
      'a message and its copy with more headers need more; raise max_payload',
    );
  }
  const { common, durable } = settingsOf(settings);
  return [
    {
      ...durable,
      ...guarded,
      name: names.events,
      subjects: [names.all('evt'), names.all('cmd')],
      max_bytes: settings.eventsMaxBytes ?? 1024 * MIB,
      max_msg_size: maxPayload - COPY_HEADROOM,
      metadata: { [LANES_KEY]: String(DEFAULT_LANES) },
    },
    {
      ...durable,
      ...guarded,
      name: names.deadLetters,
      subjects: [names.all('dlq')],
      max_bytes: settings.deadLettersMaxBytes ?? 256 * MIB,
      max_msg_size: -1,
    },
    {
      ...common,
      ...guarded,
      name: names.notices,
      subjects: [
        names.all('ntc'),
        ...['MAX_DELIVERIES', 'MSG_TERMINATED', 'MSG_NAKED'].map(
          (advisory) => `$JS.EVENT.ADVISORY.CONSUMER.${advisory}.${names.events}.>`,
        ),
      ],
      discard: DiscardPolicy.Old,
      max_age: nanos(7 * DAY),
      max_bytes: settings.noticesMaxBytes ?? 64 * MIB,
      max_msg_size: -1,
    },
  ];
}

/** The streams of an app that has steps: what comes back to them, and marks on what they handle again. */
export function declareOwnStreams(
  names: Names,
  app: string,
  settings: StreamSettings = {},
): StreamDeclaration[] {
  const { durable } = settingsOf(settings);
  return [
    {
      // The server lets a stream with schedules only discard its oldest: without a size of its own it never does,
      // and refuses when the account's storage is full.
      ...durable,
      discard: DiscardPolicy.Old,
      name: names.delayed(app),
      subjects: names.delayedSubjects(app),
      max_bytes: -1,
      max_msg_size: -1,
      allow_msg_schedules: true,
    },
    {
      // A key-value bucket. Marks are removed by purging them, which leaves nothing; those of a message that never
      // comes again go with their age.
      ...durable,
      ...guarded,
      name: `KV_${names.crashes(app)}`,
      subjects: [`$KV.${names.crashes(app)}.>`],
      max_msgs_per_subject: 1,
      max_age: nanos(DAY),
      max_bytes: CRASHES_MAX_BYTES,
      max_msg_size: -1,
      deny_delete: true,
    },
  ];
}

/** How long a bucket keeps its entries, and how many bytes of them. Default of each: no bound. */
export interface BucketSettings {
  readonly ttlMs?: number;
  readonly maxBytes?: number;
}

/** A key-value bucket of one value a key, read from its leader, as the client of any such bucket makes it. */
export function declareBucket(
  bucket: string,
  { ttlMs = 0, maxBytes = -1 }: BucketSettings,
  replicas = 1,
): StreamDeclaration {
  return {
    name: `KV_${bucket}`,
    subjects: [`$KV.${bucket}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    max_age: nanos(ttlMs),
    max_bytes: maxBytes,
    allow_direct: false,
    allow_rollup_hdrs: true,
    num_replicas: replicas,
  };
}

function settingsOf({ replicas = 1, duplicateWindowMs = 600_000 }: StreamSettings) {
  const common = {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: replicas,
    duplicate_window: nanos(duplicateWindowMs),
    allow_direct: true,
    max_msgs: -1,
    max_msgs_per_subject: -1,
  };
  return { common, durable: { ...common, discard: DiscardPolicy.New, max_age: 0 } };
}
