import { digest } from '../../ids.ts';
import { differs, type Rule } from '../../rule.ts';
import { durableOf } from '../../stage/stage.ts';
import { letterOf, ofLetter } from './letter-of.ts';

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
