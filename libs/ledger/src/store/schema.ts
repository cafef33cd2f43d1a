/** Format of the tables; a database of another one is made anew from the streams. */
export const FORMAT = '3';

/** What says the format; every version of the ledger has it. */
export const NOTES = 'CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, content TEXT NOT NULL);';

/**
 * The tables, in SQL that SQLite takes as it is. What repeats (types, sources, subjects, steps, names of keys) is
 * a number of `word`; positions are stream and sequence in one number. An index over ids would have every message
 * change a page of its own, and the more the larger it is: `clue` has numbers instead, those of one time together.
 */
export const SCHEMA = `
  ${NOTES}
  CREATE TABLE IF NOT EXISTS stream (
    n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL, upto INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS word (n INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS durable (
    stream TEXT NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (stream, name)
  );
  CREATE TABLE IF NOT EXISTS flow (
    id TEXT NOT NULL UNIQUE, n INTEGER PRIMARY KEY, type INTEGER NOT NULL, started INTEGER NOT NULL,
    indexed INTEGER NOT NULL, unsettled INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS flow_started ON flow (started, n);
  CREATE INDEX IF NOT EXISTS flow_unsettled ON flow (unsettled, started, n);
  CREATE TABLE IF NOT EXISTS message (
    pos INTEGER PRIMARY KEY, id TEXT NOT NULL, flow INTEGER NOT NULL, type INTEGER NOT NULL, source INTEGER NOT NULL,
    subject INTEGER NOT NULL, nth INTEGER NOT NULL, cause TEXT, parent TEXT, at INTEGER NOT NULL, said INTEGER,
    size INTEGER NOT NULL, origin INTEGER, target INTEGER, due INTEGER, attempt INTEGER, letter INTEGER
  );
  CREATE INDEX IF NOT EXISTS message_flow ON message (flow, pos);
  CREATE INDEX IF NOT EXISTS message_subject ON message (subject, pos, nth);
  CREATE INDEX IF NOT EXISTS message_origin ON message (origin) WHERE origin IS NOT NULL;
  CREATE TABLE IF NOT EXISTS letter (
    pos INTEGER PRIMARY KEY, failure TEXT NOT NULL, origin INTEGER NOT NULL, event TEXT, step INTEGER NOT NULL, reason TEXT NOT NULL,
    error TEXT, at INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS letter_origin ON letter (origin);
  CREATE TABLE IF NOT EXISTS evidence (
    pos INTEGER NOT NULL, durable INTEGER NOT NULL, answer INTEGER, at INTEGER NOT NULL, attempt INTEGER,
    next_at INTEGER, said TEXT, PRIMARY KEY (pos, durable)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS business_key (
    flow INTEGER NOT NULL, name INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (flow, name, value)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS clue (
    part INTEGER NOT NULL, clue INTEGER NOT NULL, flow INTEGER NOT NULL, PRIMARY KEY (part, clue, flow)
  ) WITHOUT ROWID;
`;

/** Drops every table that a version of the ledger made. */
export const DROPPED = [
  'note',
  'stream',
  'word',
  'durable',
  'flow',
  'message',
  'letter',
  'evidence',
  'business_key',
  'clue',
]
  .map((table) => `DROP TABLE IF EXISTS ${table};`)
  .join('\n');

/** Answers as numbers. */
export const ANSWERS = ['ack', 'nak', 'term', 'working'] as const;

export const MESSAGE_ROWS = {
  table: 'message',
  columns: [
    'pos',
    'id',
    'flow',
    'type',
    'source',
    'subject',
    'nth',
    'cause',
    'parent',
    'at',
    'said',
    'size',
    'origin',
    'target',
    'due',
    'attempt',
    'letter',
  ],
  key: ['pos'],
  conflict: 'DO NOTHING',
} as const;

/** The oldest message names the flow's type, whatever stream was read first. */
export const FLOW_ROWS = {
  table: 'flow',
  columns: ['id', 'n', 'type', 'started', 'indexed', 'unsettled'],
  key: ['id'],
  conflict: `DO UPDATE SET unsettled = 1, indexed = excluded.indexed,
    type = CASE WHEN excluded.started < flow.started THEN excluded.type ELSE flow.type END,
    started = CASE WHEN excluded.started < flow.started THEN excluded.started ELSE flow.started END`,
} as const;

/** A flow that is there, and whose oldest message is known: cheaper, since nothing is compared or ordered anew. */
export const TOUCHED_ROWS = {
  table: 'flow',
  columns: ['n', 'id', 'type', 'started', 'indexed', 'unsettled'],
  key: ['n'],
  conflict: 'DO UPDATE SET unsettled = 1, indexed = excluded.indexed',
} as const;

export const LETTER_ROWS = {
  table: 'letter',
  columns: ['pos', 'failure', 'origin', 'event', 'step', 'reason', 'error', 'at'],
  key: ['pos'],
  conflict: 'DO NOTHING',
} as const;

const isFinal = 'evidence.answer IS NOT NULL AND evidence.answer IN (0, 2)';

/** An acknowledgement or termination stays, whatever is heard later. A notice has no answer, and adds to what is known. */
export const EVIDENCE_ROWS = {
  table: 'evidence',
  columns: ['pos', 'durable', 'answer', 'at', 'attempt', 'next_at', 'said'],
  key: ['pos', 'durable'],
  conflict: `DO UPDATE SET
    answer = CASE WHEN ${isFinal} THEN evidence.answer ELSE COALESCE(excluded.answer, evidence.answer) END,
    at = CASE WHEN ${isFinal} OR excluded.at < evidence.at THEN evidence.at ELSE excluded.at END,
    attempt = COALESCE(excluded.attempt, evidence.attempt),
    next_at = CASE WHEN excluded.answer IS NULL AND evidence.next_at > excluded.next_at
      THEN evidence.next_at ELSE excluded.next_at END,
    said = COALESCE(excluded.said, evidence.said)`,
} as const;

export const KEY_ROWS = {
  table: 'business_key',
  columns: ['flow', 'name', 'value'],
  key: ['flow', 'name', 'value'],
  conflict: 'DO NOTHING',
} as const;

export const CLUE_ROWS = {
  table: 'clue',
  columns: ['part', 'clue', 'flow'],
  key: ['part', 'clue', 'flow'],
  conflict: 'DO NOTHING',
} as const;

export const WORD_ROWS = {
  table: 'word',
  columns: ['word', 'n'],
  key: ['word'],
  conflict: 'DO NOTHING',
} as const;

export const STREAM_ROWS = {
  table: 'stream',
  columns: ['n', 'name', 'created', 'upto'],
  key: ['n'],
  conflict: 'DO UPDATE SET created = excluded.created, upto = excluded.upto',
} as const;

export const DURABLE_ROWS = {
  table: 'durable',
  columns: ['stream', 'name', 'n', 'content'],
  key: ['stream', 'name'],
  conflict: 'DO UPDATE SET content = excluded.content',
} as const;
