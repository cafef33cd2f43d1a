import { Names } from '@troupe/jetstream';
import { expect, it } from 'vitest';
import { positionOf } from '../model/record.ts';
import { givenUpOf } from './given-up.ts';

const names = new Names();
const SUBJECT = '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.EVENTS.Audit';
const ADVISORY = { stream: 'EVENTS', consumer: 'Audit', stream_seq: 7, deliveries: 3 };

function notice(content: unknown, subject = SUBJECT) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { subject, seq: 9, at: 5, message: { json: <T>() => JSON.parse(text) as T } };
}

it('an advisory is read as the dead letter that a sweep makes of it', () => {
  expect(givenUpOf(notice(ADVISORY), 3, names)).toMatchObject({
    pos: positionOf(3, 9),
    of: positionOf(1, 7),
    step: 'foreign__Audit',
    reason: 'max-deliveries',
    letter: undefined,
    at: 5,
  });
});

it.each<[string, unknown, string?]>([
  ['another advisory', ADVISORY, '$JS.EVENT.ADVISORY.CONSUMER.MSG_NAKED.EVENTS.Audit'],
  ['one of another stream', { ...ADVISORY, stream: 'OTHER' }],
  ['one without a consumer', { ...ADVISORY, consumer: 1 }],
  ['one whose consumer has too long a name', { ...ADVISORY, consumer: 'a'.repeat(257) }],
  ['one whose sequence is none', { ...ADVISORY, stream_seq: -1 }],
  ['one whose sequence is no number', { ...ADVISORY, stream_seq: '7' }],
  ['nothing', 'null'],
  ['no JSON', '{'],
])('%s is none', (_what, content, subject) => {
  expect(givenUpOf(notice(content, subject), 3, names)).toBeUndefined();
});
