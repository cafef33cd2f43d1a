import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokerOf } from '../dead-letters/broker.ts';
import { Bucket } from '../dead-letters/bucket.ts';
import type { LetterState } from '../dead-letters/filter.ts';
import { type Mark, Marks } from '../dead-letters/mark.ts';
import { Operations } from '../dead-letters/operations.ts';
import { AUTHOR, all, lettersOf, Surgery } from '../dead-letters/surgery.spec.support.ts';
import { startServer, until } from '../fixtures.spec.support.ts';
import { pruneDeadLetters } from './dead-letters.ts';
import { kept, old, pruneOn, recordsOf, STREAMS } from './retained.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

function stored({ stage }: Surgery): Promise<number[]> {
  return kept(stage, stage.names.deadLetters);
}

async function listed({ letters }: Surgery, ...states: LetterState[]): Promise<number[]> {
  return (await all(letters.list({}, states))).map(({ seq }) => seq);
}

/** The keys of what was done about letters. */
async function records({ stage: { manager, names } }: Surgery): Promise<string[]> {
  const { state } = await manager.streams.info(recordsOf(names), { subjects_filter: '>' });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.split('.').slice(2).join('.'));
}

async function bucketOf({ stage }: Surgery): Promise<Bucket> {
  return Bucket.open(await brokerOf(stage.client), stage.names, 1);
}

/** Marks that are read, and changed only when something else was done. */
class LateMarks extends Marks {
  #done: Promise<unknown> | undefined;

  constructor(
    bucket: Bucket,
    private readonly first: () => Promise<unknown>,
  ) {
    super(bucket);
  }

  override async change(seq: number, change: (mark: Mark) => Mark | undefined): Promise<Mark> {
    this.#done ??= this.first();
    await this.#done;
    return super.change(seq, change);
  }
}

/** Marks a letter as a prune does that ends before the letter is gone. */
async function beginToPurge(surgery: Surgery, seq: number): Promise<void> {
  const bucket = await bucketOf(surgery);
  const purgedAt = new Date().toISOString();
  await new Marks(bucket).change(seq, (mark) => ({ ...mark, purgedAt }));
}

describe('a prune of dead letters', () => {
  it('purges what is archived or was redriven with success, but for the youngest, and never an open one', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    await surgery.deadLetter('1', '2', '3', '4', '5');
    surgery.broken = false;
    await surgery.letters.archive({ seqs: [1] }, AUTHOR);
    await surgery.letters.redrive({ seqs: [3, 5] }, AUTHOR);
    await old(surgery.stage);
    const held = {
      messages: 2,
      heldBy: [{ reason: 'letters-open', from: 2, sentence: expect.stringContaining('2 dead letters') }],
    };
    expect((await pruneOn(surgery.stage, { dryRun: true })).deadLetters).toMatchObject(held);
    expect(await stored(surgery)).toEqual([1, 2, 3, 4, 5]);
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject(held);
    expect(await stored(surgery)).toEqual([2, 4, 5]);
    expect(await listed(surgery, 'open')).toEqual([2, 4]);
    expect(await listed(surgery, 'redriven', 'archived', 'purged')).toEqual([5]);
  });

  it('keeps a letter whose redrive failed or is not answered, until the one that it became is closed', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    await surgery.deadLetter('1');
    await surgery.letters.redrive({ seqs: [1] }, AUTHOR);
    await old(surgery.stage);
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject({
      messages: 0,
      heldBy: [{ from: 1, sentence: expect.stringContaining('2 dead letters') }],
    });
    let release = (): void => {};
    surgery.answering = new Promise<void>((resolve) => {
      release = resolve;
    });
    surgery.broken = false;
    const waiting = await surgery.letters.redrive({ seqs: [2] }, { ...AUTHOR, answerWithinMs: 1 });
    expect(waiting.state).toBe('waiting');
    await old(surgery.stage);
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject({ messages: 0, heldBy: [{ from: 1 }] });
    release();
    await surgery.letters.resume(waiting.id);
    await old(surgery.stage);
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject({ messages: 1, heldBy: [] });
    expect(await stored(surgery)).toEqual([2]);
  });

  it('keeps what was closed a moment ago, however old the letter is', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    await surgery.deadLetter('1', '2');
    const [letter] = await surgery.stage.deadLetters();
    const closing = (letter?.time.getTime() ?? 0) + 400;
    await until('time passes', () => Date.now() > closing);
    await surgery.letters.archive({ filter: {} }, AUTHOR);
    const olderThanMs = (): number => Date.now() - closing + 100;
    expect((await pruneOn(surgery.stage, { olderThanMs: olderThanMs() })).deadLetters).toMatchObject({
      messages: 0,
      heldBy: [],
    });
    await old(surgery.stage);
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject({ messages: 1, heldBy: [] });
  });

  it('keeps a letter as long as EVENTS keeps what is older', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    await surgery.deadLetter('1', '2');
    await surgery.letters.archive({ filter: {} }, AUTHOR);
    await old(surgery.stage);
    const steps = [{ step: 'mail__notify', consumes: ['order.placed.v1'] }];
    const { events, deadLetters } = await pruneOn(surgery.stage, { steps });
    expect(events.heldBy).toMatchObject([{ reason: 'consumer-missing' }]);
    expect(deadLetters).toMatchObject({ messages: 0, heldBy: [] });
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject({ messages: 1 });
  });

  it('removes what was written of the letter too: its mark, then the operations that no letter names', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    await surgery.deadLetter('1', '2');
    const first = await surgery.letters.archive({ seqs: [1] }, AUTHOR);
    const second = await surgery.letters.archive({ seqs: [2] }, AUTHOR);
    await old(surgery.stage);
    await pruneOn(surgery.stage);
    expect(await stored(surgery)).toEqual([2]);
    expect((await records(surgery)).sort()).toEqual(
      ['letter.1', 'letter.2', `operation.${first.id}`, `operation.${second.id}`].sort(),
    );
    await until('the mark goes', async () => {
      await pruneOn(surgery.stage);
      return (await records(surgery)).length === 2;
    });
    expect((await records(surgery)).sort()).toEqual(['letter.2', `operation.${second.id}`]);
  });
});

describe('a letter that is being purged', () => {
  it('is as good as gone, also when the prune ended in between, and goes with the next one', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    const { letters } = surgery;
    await surgery.deadLetter('1', '2');
    await letters.archive({ filter: {} }, AUTHOR);
    await beginToPurge(surgery, 1);
    expect(await listed(surgery, 'open', 'redriven', 'archived')).toEqual([2]);
    expect((await letters.restore({ seqs: [1] }, AUTHOR)).counts).toMatchObject({ done: 0, skipped: 1 });
    expect((await letters.redrive({ seqs: [1] }, { ...AUTHOR, again: true })).counts).toMatchObject({
      done: 0,
      skipped: 1,
    });
    const edit = letters.edit(1, { ...AUTHOR, data: { orderId: '1' }, again: true, violationsOf: () => [] });
    await expect(edit).rejects.toThrow('Dead letter 1 is purged already');
    await old(surgery.stage);
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject({ messages: 1, heldBy: [] });
    expect(await stored(surgery)).toEqual([2]);
  });

  it('stays when somebody restores it first', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    const { letters, stage } = surgery;
    await surgery.deadLetter('1', '2', '3');
    await letters.archive({ filter: {} }, AUTHOR);
    await old(stage);
    const bucket = await bucketOf(surgery);
    const marks = new LateMarks(bucket, () => letters.restore({ seqs: [1] }, AUTHOR));
    const { messages } = await pruneDeadLetters(await brokerOf(stage.client), stage.names, {
      before: Date.now() - 1,
      dryRun: false,
      marks,
      operations: new Operations(bucket),
    });
    expect(messages).toBe(1);
    expect(await stored(surgery)).toEqual([1, 3]);
    expect(await listed(surgery, 'open')).toEqual([1]);
  });

  it('is purged once by two prunes at once', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    await surgery.deadLetter(...Array.from({ length: 300 }, (_, n) => `order-${n}`));
    await surgery.letters.archive({ filter: {} }, AUTHOR);
    await old(surgery.stage);
    const prunings = await Promise.all([pruneOn(surgery.stage), pruneOn(surgery.stage)]);
    expect(prunings.reduce((sum, { deadLetters }) => sum + deadLetters.messages, 0)).toBe(299);
    expect(await stored(surgery)).toEqual([300]);
  });

  it('is not open again when the broker forgot the purge in a crash', async () => {
    const own = await startServer();
    const surgery = await Surgery.on(own, {}, STREAMS);
    await surgery.deadLetter('1', '2', '3', '4');
    await surgery.letters.archive({ seqs: [1, 2, 4] }, AUTHOR);
    await old(surgery.stage);
    expect((await pruneOn(surgery.stage)).deadLetters).toMatchObject({ messages: 2 });
    await own.kill();
    await own.restart();
    const letters = await lettersOf(own, surgery.stage.prefix);
    expect((await all(letters.list())).map(({ seq }) => seq)).toEqual([3]);
    await pruneOn(surgery.stage);
    expect(await stored(surgery)).toEqual([3, 4]);
  });
});
