import { Connection, Names, silentLogger, type TopologyMode } from '@troupe/jetstream';
import { httpUrl, type Kind, oneOf, postgresUrl, type Table, text, whole } from '@troupe/settings';

const TOPOLOGY_MODES: readonly TopologyMode[] = ['create', 'verify', 'change'];
/** An even number survives no more losses than the one below it; more than five a stream cannot have. */
const REPLICAS: readonly number[] = [1, 3, 5];

const replicas: Kind<number> = {
  allowed: `one of ${REPLICAS.join(', ')}`,
  read: (value) => REPLICAS.find((number) => String(number) === value),
};

const traceUrl: Kind<string> = {
  allowed: `${httpUrl.allowed} with {traceId} in it`,
  read: (value) => (value.includes('{traceId}') ? httpUrl.read(value) : undefined),
};

/** What every app on the platform reads. No row has a default: the environment outranks what the code gave. */
export const APP_VARIABLES = {
  servers: {
    name: 'NATS_URL',
    // A connection connects only when asked to; it is made to read the addresses.
    kind: takenBy(
      'one or more nats:// addresses with commas between them',
      (servers) => new Connection({ servers }, silentLogger),
    ),
    meaning: 'broker',
    unset: '`nats://127.0.0.1:4222`',
  },
  keyFile: {
    name: 'NATS_NKEY_FILE',
    kind: takenBy('a file with the seed of an nkey', (keyFile) => new Connection({ keyFile }, silentLogger)),
    meaning:
      'seed of the nkey that the app logs on with, `SU…`; [`troupe permissions`](../guides/permissions.md) makes it. Read once, at start. It outranks a user in `NATS_URL`',
    unset: 'none',
  },
  caFile: {
    name: 'NATS_CA_FILE',
    kind: takenBy('a file with certificates (PEM)', (caFile) => new Connection({ caFile }, silentLogger)),
    meaning:
      "certificates of which one signed the broker's, for its host name; with it the app speaks TLS alone, as with an address `tls://…`",
    unset: 'none',
  },
  apiPrefix: {
    name: 'TROUPE_API_PREFIX',
    kind: takenBy('the beginning of a subject', (apiPrefix) => new Names('', apiPrefix)),
    meaning:
      'what the subjects of the JetStream API begin with in the account of an app of [another organisation](../guides/permissions.md#another-organisation)',
    unset: '`$JS.API`',
  },
  prefix: {
    name: 'TROUPE_PREFIX',
    kind: takenBy('lower case letters, digits and single dashes', (prefix) => new Names(prefix)),
    meaning:
      'environment, so that several share one broker: first token of every subject, prefix of every stream',
    unset: 'none',
  },
  topology: {
    name: 'TROUPE_TOPOLOGY',
    kind: oneOf(...TOPOLOGY_MODES),
    meaning:
      'what the app may do to streams and consumers: `create` what is missing, only `verify`, or `change` what differs too',
    unset: '`create`',
  },
  replicas: {
    name: 'TROUPE_REPLICAS',
    kind: replicas,
    meaning:
      'copies that a cluster keeps of each stream, bucket and consumer that the app creates. The same for all apps of a broker; another number than the broker has is [refused, or changed](#replicas)',
    unset: '`1`',
  },
  shutdownGraceMs: {
    name: 'TROUPE_SHUTDOWN_GRACE_MS',
    kind: whole(0, 3_600_000, 'of ms'),
    meaning: 'how long handlers may go on when the app stops',
    unset: '`10000`',
  },
  database: {
    name: 'DATABASE_URL',
    kind: postgresUrl,
    meaning: 'PostgreSQL of the inbox and the tables',
    unset: 'none: an embedded database',
    secret: true,
    readBy: 'apps with an inbox',
  },
  data: {
    name: 'TROUPE_DATA',
    kind: text,
    meaning: 'folder of embedded databases, each in one named after its app; `memory` keeps nothing',
    unset: '`.troupe/data`',
    readBy: 'apps with an inbox, console',
  },
  inboxDays: {
    name: 'TROUPE_INBOX_DAYS',
    kind: whole(1, 36_500, 'of days'),
    meaning:
      'how long an inbox knows that a message was handled; longer than streams and dead letters are kept',
    unset: '`90`',
    readBy: 'apps with an inbox',
  },
  consoleUrl: {
    name: 'TROUPE_CONSOLE_URL',
    kind: httpUrl,
    meaning: 'the console, as people reach it: a master status links to its flow there',
    unset: 'none: no link',
    readBy: 'apps with an orchestration',
  },
  ledgerUrl: {
    name: 'TROUPE_LEDGER_URL',
    kind: httpUrl,
    meaning: 'the console, as apps reach it: a [hand-off](../guides/hand-off.md) asks there for its report',
    unset: '`TROUPE_CONSOLE_URL`; without that, reports say that nobody was asked',
    readBy: 'apps with an orchestration',
  },
  traceUrl: {
    name: 'TROUPE_TRACE_URL',
    kind: traceUrl,
    meaning: 'address of a trace in a tracing tool: `http://127.0.0.1:16686/trace/{traceId}`',
    unset: 'none: no link',
    readBy: 'apps with an orchestration, console',
  },
  host: {
    name: 'HOST',
    kind: text,
    meaning: 'address that HTTP listens on; `0.0.0.0` in a container',
    unset: '`127.0.0.1`',
  },
  port: {
    name: 'PORT',
    kind: whole(0, 65_535),
    meaning: 'port that HTTP listens on; 0 is a free one',
    unset: "`3000`, or [the app's own](#ports)",
  },
} as const satisfies Table;

/** A text that is not refused by what takes it, which says better what is wrong. */
function takenBy(allowed: string, take: (value: string) => unknown): Kind<string> {
  return {
    allowed,
    read: (value) => {
      take(value);
      return value;
    },
  };
}
