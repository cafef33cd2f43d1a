/** Format of the tables; a database of another one is made anew from the streams. */
const FORMAT = '7';

/** What says the format; every version of the ledger has it. */
export const NOTES = 'CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, content TEXT NOT NULL);';

/** Numbers that were given. They outlive everything: a number that some process remembers is never of something else. */
const COUNTERS = `
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
  INSERT INTO counter (name, last) VALUES ('word', 0), ('flow', 0), ('projector', 0), ('census', 0)
    ON CONFLICT (name) DO NOTHING;
`;

/**
 * The tables, in SQL that SQLite takes as it is. What repeats (types, sources, subjects, steps, names of keys) is
 * a number of `word`; positions are stream and sequence in one number. An index over ids would have every message
 * change a page of its own, and the more the larger it is: `clue` has numbers instead, those of one time together.
 */
const TABLES = `
  ${NOTES}
  CREATE TABLE IF NOT EXISTS projector (n INTEGER PRIMARY KEY, name TEXT NOT NULL, beat INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS share (n INTEGER PRIMARY KEY, holder INTEGER, upto TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS stream (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS word (n INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS durable (
    stream TEXT NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (stream, name)
  );
  CREATE TABLE IF NOT EXISTS flow (
    id TEXT NOT NULL UNIQUE, n INTEGER PRIMARY KEY, type INTEGER NOT NULL, started INTEGER NOT NULL,
    version INTEGER NOT NULL, census INTEGER NOT NULL, unsettled INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS flow_started ON flow (started, n);
  CREATE INDEX IF NOT EXISTS flow_unsettled ON flow (unsettled, started, n);
  CREATE TABLE IF NOT EXISTS message (
    pos INTEGER PRIMARY KEY, id TEXT NOT NULL, flow INTEGER NOT NULL, type INTEGER NOT NULL, source INTEGER NOT NULL,
    subject INTEGER NOT NULL, share INTEGER NOT NULL, nth INTEGER NOT NULL, cause TEXT, parent TEXT, at INTEGER NOT NULL, said INTEGER,
    size INTEGER NOT NULL, trace TEXT, origin INTEGER, target INTEGER, due INTEGER, attempt INTEGER, letter INTEGER
  );
  CREATE INDEX IF NOT EXISTS message_flow ON message (flow, pos);
  CREATE INDEX IF NOT EXISTS message_subject ON message (subject, share, pos, nth);
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
  CREATE TABLE IF NOT EXISTS child (flow INTEGER PRIMARY KEY, parent TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS child_parent ON child (parent, flow);
  CREATE TABLE IF NOT EXISTS clue (
    part INTEGER NOT NULL, clue INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (part, clue, place)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS new_clue (
    n INTEGER PRIMARY KEY, part INTEGER NOT NULL, clue INTEGER NOT NULL, place INTEGER NOT NULL
  );
`;

const DROPPED = [
  'note',
  'projector',
  'share',
  'stream',
  'word',
  'durable',
  'flow',
  'message',
  'letter',
  'evidence',
  'business_key',
  'child',
  'clue',
  'new_clue',
]
  .map((table) => `DROP TABLE IF EXISTS ${table};`)
  .join('\n');

/** What there is when a database has this format. */
export const IS_MADE = `SELECT 1 AS one FROM note WHERE name = 'format' AND content = '${FORMAT}'`;

/** Makes all tables anew, empty. @param environment the prefix of its names */
export function madeAnew(shares: number, environment: string): string {
  const rows = Array.from({ length: shares }, (_, n) => `(${n}, NULL, '{}')`).join(', ');
  return `
    ${DROPPED}
    ${COUNTERS}
    ${TABLES}
    INSERT INTO share (n, holder, upto) VALUES ${rows};
    INSERT INTO note (name, content) VALUES ('format', '${FORMAT}'), ('environment', '${environment}');
    INSERT INTO note (name, content) SELECT 'begun', CAST(last AS TEXT) FROM counter WHERE name = 'census';
  `;
}

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
    'share',
    'nth',
    'cause',
    'parent',
    'at',
    'said',
    'size',
    'trace',
    'origin',
    'target',
    'due',
    'attempt',
    'letter',
  ],
  key: ['pos'],
  conflict: 'DO NOTHING',
} as const;

const LAST_CENSUS = 'CASE WHEN excluded.census > flow.census THEN excluded.census ELSE flow.census END';

/** The oldest message names the flow's type, whatever stream was read first. */
export const FLOW_ROWS = {
  table: 'flow',
  columns: ['id', 'n', 'type', 'started', 'version', 'census', 'unsettled'],
  key: ['id'],
  conflict: `DO UPDATE SET unsettled = 1, version = flow.version + 1,
    census = ${LAST_CENSUS},
    type = CASE WHEN excluded.started < flow.started THEN excluded.type ELSE flow.type END,
    started = CASE WHEN excluded.started < flow.started THEN excluded.started ELSE flow.started END`,
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

/** A flow that another one handed off to: the first parent that it names. */
export const CHILD_ROWS = {
  table: 'child',
  columns: ['flow', 'parent'],
  key: ['flow'],
  conflict: 'DO NOTHING',
} as const;

export const CLUE_ROWS = {
  table: 'clue',
  columns: ['part', 'clue', 'place'],
  key: ['part', 'clue', 'place'],
  conflict: 'DO NOTHING',
} as const;

/** Clues that are not in order yet. */
export const NEW_CLUE_ROWS = {
  table: 'new_clue',
  columns: ['n', 'part', 'clue', 'place'],
  key: ['n'],
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
  columns: ['name', 'n', 'created'],
  key: ['name'],
  conflict: 'DO NOTHING',
} as const;

export const NOTE_ROWS = {
  table: 'note',
  columns: ['name', 'content'],
  key: ['name'],
  conflict: 'DO UPDATE SET content = excluded.content',
} as const;

export const DURABLE_ROWS = {
  table: 'durable',
  columns: ['stream', 'name', 'n', 'content'],
  key: ['stream', 'name'],
  conflict: 'DO UPDATE SET content = excluded.content',
} as const;
