import type { StoredMsg } from '@nats-io/jetstream';
import { describe, expect, it, vi } from 'vitest';
import { keptLog, until } from '../fixtures.spec.support.ts';
import { DuplicateCheck, type Reach } from './duplicates.ts';
import type { OutgoingMessage } from './message.ts';

describe('a message that the stream took for a duplicate', () => {
  it.each([
    ['is silent when the stream holds the same', 'evt.a.b.v1.0', 'same', 0],
    ['is told when the stream holds another payload', 'evt.a.b.v1.0', 'other', 1],
    ['is told when the stream holds it under another subject', 'evt.x.y.v1.0', 'same', 1],
  ])('%s', async (_what, subject, payload, told) => {
    const { check, differences, compared } = checkOf(async () => storedMessage(subject, payload));
    check.check(outgoing('same'), { stream: 'EVENTS', seq: 7, duplicate: true });
    await until('it is compared', () => compared() === 1);
    await turn();
    expect(differences).toHaveLength(told);
    if (told > 0) {
      expect(differences[0]).toEqual({ subject: 'evt.a.b.v1.0', messageId: 'id', stream: 'EVENTS', seq: 7 });
    }
  });

  it.each([
    ['gone from the stream', async () => null],
    ['not to be read now', () => Promise.reject(new Error('timeout'))],
  ])('is counted as not compared, and no alert, when the stored one is %s', async (_what, read) => {
    const { check, differences, log } = checkOf(read);
    for (let seq = 1; seq <= 20; seq++)
      check.check(outgoing('x'), { stream: 'EVENTS', seq, duplicate: true });
    await until('it is said', () => log.lines.some((line) => line.startsWith('warn')));
    expect(differences).toEqual([]);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      'warn: 20 duplicates were not compared with what is stored',
    ]);
  });
});

describe('a duplicate of an app that may only read what is last on its subjects', () => {
  const same = { ...storedMessage('evt.a.b.v1.0', 'same'), seq: 7 };
  it.each([
    ['is silent when that is the same', same, 0, 0],
    ['is told when it is another one', { ...same, data: Buffer.from('other') }, 1, 0],
    ['is told when nothing as young stands there', { ...same, seq: 6 }, 1, 0],
    ['is told when nothing stands there', null, 1, 0],
    ['is counted as not compared when something younger does', { ...same, seq: 8 }, 0, 1],
  ])('%s', async (_what, last, told, unknown) => {
    const { check, differences, compared, log } = checkOf(async () => last, { lastOf: 'EVENTS' });
    check.check(outgoing('same'), { stream: 'EVENTS', seq: 7, duplicate: true });
    await until(
      'it is judged',
      () => differences.length === told && compared() > 0 && log.lines.length === unknown,
    );
    expect(differences).toHaveLength(told);
  });

  it('is not asked for in another stream, and is counted as not compared', async () => {
    const { check, differences, compared, log } = checkOf(async () => null, { lastOf: 'EVENTS' });
    check.check(outgoing('same'), { stream: 'DEAD_LETTERS', seq: 7, duplicate: true });
    await until('it is said', () => log.lines.length > 0);
    expect(log.lines).toEqual(['warn: 1 duplicates were not compared with what is stored']);
    expect(compared()).toBe(0);
    expect(differences).toEqual([]);
  });
});

describe('many duplicates at once', () => {
  it('are compared eight at a time, and those beyond the bound are dropped and counted', async () => {
    const waiting: (() => void)[] = [];
    const { check, log } = checkOf(
      () => new Promise((resolve) => waiting.push(() => resolve(storedMessage('evt.a.b.v1.0', 'x')))),
      'streams',
      100,
    );
    for (let seq = 1; seq <= 500; seq++)
      check.check(outgoing('x'), { stream: 'EVENTS', seq, duplicate: true });
    expect(waiting).toHaveLength(8);
    let answered = 0;
    await until('all that waited are compared', () => {
      for (const answer of waiting.splice(0)) {
        answered++;
        answer();
      }
      return log.lines.length > 0;
    });
    expect(answered).toBe(108);
    expect(log.lines).toEqual(['warn: 392 duplicates were not compared with what is stored']);
  });

  it('are forgotten when the app stops', async () => {
    const { check, compared, log } = checkOf(() => Promise.reject(new Error('closed')));
    for (let seq = 1; seq <= 500; seq++)
      check.check(outgoing('x'), { stream: 'EVENTS', seq, duplicate: true });
    check.close();
    check.check(outgoing('x'), { stream: 'EVENTS', seq: 501, duplicate: true });
    await turn();
    expect(compared()).toBe(8);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });
});

function checkOf(read: () => Promise<StoredMsg | null>, reach?: Reach, longestQueue?: number) {
  const log = keptLog();
  const differences: unknown[] = [];
  const getMessage = vi.fn(read);
  const check = new DuplicateCheck(
    { direct: { getMessage } },
    log,
    (suspect) => differences.push(suspect),
    reach,
    longestQueue,
  );
  return { check, differences, log, compared: () => getMessage.mock.calls.length };
}

function outgoing(payload: string): OutgoingMessage {
  return {
    subject: 'evt.a.b.v1.0',
    messageId: 'id',
    headers: Buffer.alloc(0),
    payload: Buffer.from(payload),
  };
}

function storedMessage(subject: string, payload: string): StoredMsg {
  return { subject, data: Buffer.from(payload) } as unknown as StoredMsg;
}

/** Lets everything run that is ready to. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
