import type { StoredMsg } from '@nats-io/jetstream';
import { digest } from '../../ids.ts';
import { differs, notTried, type Outcome, type Rule } from '../../rule.ts';
import { wrongType } from '../../samples.ts';
import { durableOf, type Result, type Sent, type Stage } from '../../stage/stage.ts';

export const letterCopy: Rule = {
  id: 'letter-copy',
  tries: 'compares bytes and headers of a dead letter with those of its original',
  check: (stage) =>
    ofLetter(stage, (letter, { headers, payload }) => {
      const lost = [...headers]
        .filter(([name]) => !/^nats-/i.test(name))
        .flatMap(([name, values]) => differs(name, letter.header.values(name), values));
      const bytes = Buffer.from(letter.data).equals(payload)
        ? []
        : ['its bytes are not those of the original'];
      const control = letter.header.keys().filter((name) => /^nats-/i.test(name) && !OWN.has(name));
      return [...bytes, ...lost, ...control.map((name) => `it has ${name}, which acts on the broker`)];
    }),
};

/** What it has for itself, and what the broker says of a message that is read. */
const OWN: ReadonlySet<string> = new Set([
  'Nats-Msg-Id',
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  'Nats-Last-Sequence',
]);

export const letterId: Rule = {
  id: 'letter-id',
  tries: 'computes Nats-Msg-Id of a dead letter',
  check: (stage) =>
    ofLetter(stage, (letter, { stream, seq }) => {
      const id = digest(stream, durableOf(stage.subject.name, stage.contract), String(seq), '0');
      return differs('Nats-Msg-Id', letter.header.get('Nats-Msg-Id'), id);
    }),
};

export const letterOrigin: Rule = {
  id: 'letter-origin',
  tries: 'compares the x-original- headers of a dead letter',
  check: (stage) =>
    ofLetter(stage, async ({ header }, { subject, stream, seq }) => {
      const all = await stage.parts.events.all();
      const stored = all.find((one) => one.seq === seq)?.time.getTime() ?? 0;
      const publishedAt = header.get('x-original-published-at');
      return [
        ...differs('x-original-subject', header.get('x-original-subject'), subject),
        ...differs('x-original-stream', header.get('x-original-stream'), stream),
        ...differs('x-original-seq', header.get('x-original-seq'), String(seq)),
        ...(Math.abs(Date.parse(publishedAt) - stored) <= 2
          ? []
          : [`x-original-published-at is "${publishedAt}", not ${new Date(stored).toISOString()}`]),
      ];
    }),
};

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export const letterContext: Rule = {
  id: 'letter-context',
  tries: 'looks at the other x- headers of a dead letter',
  async check(stage) {
    const { subject, contract } = stage;
    const version = (await stage.manifest())?.version;
    const durable = durableOf(subject.name, contract);
    const exact: Readonly<Record<string, string | undefined>> = {
      'x-dead-letter-reason': 'contract-invalid',
      'x-dlq-app': subject.app,
      'x-dlq-step': subject.step,
      'x-dlq-consumer': durable,
      'x-dlq-version': version === undefined ? undefined : encodeURI(version),
      'x-attempt': '0',
    };
    const formed: Readonly<Record<string, (value: string) => boolean>> = {
      'x-dlq-host': (value) => value !== '',
      'x-dlq-error-type': (value) => value !== '',
      'x-dlq-error-message': (value) => value !== '',
      'x-dlq-violations': areViolations,
      'x-dlq-sensitive': (value) => isListOf(value, contract.mask.paths),
      'x-dlq-fingerprint': (value) => /^[0-9a-f]{16}$/.test(value),
      'x-delivery-count': (value) => /^[1-9]\d*$/.test(value),
      'x-first-failed-at': (value) => TIME.test(value),
      'x-failed-at': (value) => TIME.test(value),
    };
    const absent = ['x-dlq-error-stack', 'x-redrive-count', 'x-redrive-of', 'x-edited-by'];
    return ofLetter(stage, ({ header }) => [
      ...Object.entries(exact).flatMap(([name, should]) =>
        differs(name, header.get(name) || undefined, should),
      ),
      ...Object.entries(formed)
        .filter(([name, isFormed]) => !isFormed(header.get(name)))
        .map(([name]) => `${name} is ${JSON.stringify(header.get(name))}`),
      ...absent.filter((name) => header.has(name)).map((name) => `${name} is there`),
    ]);
  },
};

export const letterFingerprint: Rule = {
  id: 'letter-fingerprint',
  tries: 'compares the fingerprints of two messages that break in the same way',
  async check(stage) {
    const letters = [await letterOf(stage), await letterOf(stage)].map(([letter]) => letter);
    const [first, second] = letters.map((letter) => letter?.header.get('x-dlq-fingerprint'));
    if (first === undefined || second === undefined) return ['no dead letter was made'];
    return differs('the second fingerprint', second, first);
  },
};

export const letterSize: Rule = {
  id: 'letter-size',
  tries: 'sends an invalid message with 60,000 bytes of headers',
  async check(stage) {
    const message = stage.message();
    const large = ['x-conformance-large', 'c'.repeat(60_000)] as const;
    const sent = await stage.send(message, { payload: '{', headers: [...message.headers, large] });
    const { letters, silence } = await stage.result(sent);
    return letters.length === 1 ? silence : [...silence, `it made ${letters.length} dead letters, not one`];
  },
};

async function ofLetter(
  stage: Stage,
  check: (letter: StoredMsg, sent: Sent) => readonly string[] | Promise<readonly string[]>,
): Promise<Outcome> {
  if (wrongType(stage.contract, stage.parts.samples.of(stage.contract)) === undefined)
    return notTried(`${stage.contract.id} takes anything`);
  const [letter, result] = await letterOf(stage);
  return letter === undefined ? [...result.silence, 'no dead letter was made'] : check(letter, result.sent);
}

/** Has a message with headers of all kinds set aside. */
async function letterOf(stage: Stage): Promise<[StoredMsg | undefined, Result]> {
  const message = stage.message({ extensions: { conformance1: 'kept as it is' } });
  const data = wrongType(stage.contract, message.data) ?? {};
  const headers = [
    ...message.headers,
    ['X-Conformance', '50% "raw"'],
    ['X-Conformance', 'twice'],
    ['Nats-Expected-Stream', stage.names.events],
  ] as const;
  const result = await stage.result(await stage.send(message, { headers, payload: JSON.stringify(data) }));
  return [result.letters[0], result];
}

function areViolations(value: string): boolean {
  const read = readJson(value) as { total?: unknown; shown?: unknown } | undefined;
  const isViolation = (one: unknown): boolean => {
    const { path, rule, message } = (one ?? {}) as Record<string, unknown>;
    return [path, rule, message].every((text) => typeof text === 'string');
  };
  const { total, shown } = read ?? {};
  return Number.isInteger(total) && Array.isArray(shown) && shown.length > 0 && shown.every(isViolation);
}

function isListOf(value: string, paths: readonly string[]): boolean {
  const read = readJson(value);
  return Array.isArray(read) && JSON.stringify([...read].sort()) === JSON.stringify([...paths].sort());
}

function readJson(encoded: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(encoded));
  } catch {
    return undefined;
  }
}
