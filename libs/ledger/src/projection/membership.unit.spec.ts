import { beforeEach, expect, it } from 'vitest';
import type { Database } from '../store/database.ts';
import { IN_MEMORY, sqliteDatabase } from '../store/sqlite.ts';
import { Store } from '../store/store.ts';
import { type Holding, Membership } from './membership.ts';

const ALL = Array.from({ length: 12 }, (_, share) => share);
const EVEN = ALL.filter((share) => share % 2 === 0);
const ODD = ALL.filter((share) => share % 2 === 1);

/** So that a database in memory is divided as one is that several processes have. */
const exchange = { tell: () => Promise.resolve(), listen: () => {} };

let store: Store;
beforeEach(async () => {
  const database: Database = Object.assign(sqliteDatabase(IN_MEMORY), { exchange });
  store = new Store(database);
  await store.open();
});

const member = () => new Membership(store.shares);
const turns = async (count: number, ...members: readonly Membership[]): Promise<Holding[]> => {
  let last: Holding[] = [];
  for (let n = 0; n < count; n++) {
    last = [];
    for (const each of members) last.push(await each.turn());
  }
  return last;
};
const sharesIn = (holdings: readonly Holding[]) => holdings.map(({ shares }) => shares);

it('one projector has all shares', async () => {
  expect(await member().turn()).toEqual({ projector: 1, shares: ALL, isNew: true });
});

it('what a younger one is to have it takes when the elder handed it back, and not before', async () => {
  const [elder, younger] = [member(), member()];
  await elder.turn();
  expect((await younger.turn()).shares).toEqual([]);
  expect(await elder.turn()).toMatchObject({ shares: EVEN, isNew: false });
  expect(await younger.turn()).toMatchObject({ shares: ODD, isNew: true });
  expect(await younger.turn()).toMatchObject({ shares: ODD, isNew: false });
});

it('the shares of one that does nothing any more are taken after ten turns', async () => {
  const [dying, staying] = [member(), member()];
  expect(sharesIn(await turns(3, dying, staying))).toEqual([EVEN, ODD]);
  expect(sharesIn(await turns(9, staying))).toEqual([ODD]);
  expect(sharesIn(await turns(1, staying))).toEqual([ALL]);
});

it('one that was taken for dead comes back as the youngest', async () => {
  const [stalled, staying] = [member(), member()];
  const [before] = await turns(3, stalled, staying);
  await turns(11, staying);
  const [back, eldest] = await turns(3, stalled, staying);
  expect(eldest?.shares).toEqual(EVEN);
  expect(back?.shares).toEqual(ODD);
  expect(back?.projector).toBeGreaterThan(before?.projector ?? 0);
});

it('one that leaves hands over at once', async () => {
  const [leaving, staying] = [member(), member()];
  await turns(3, leaving, staying);
  await leaving.leave();
  expect(sharesIn(await turns(1, staying))).toEqual([ALL]);
});

it('a fresh start tells everybody that what they have is new', async () => {
  const [a, b] = [member(), member()];
  await turns(3, a, b);
  await store.clear();
  const holdings = await turns(3, a, b);
  expect(sharesIn(holdings)).toEqual([EVEN, ODD]);
  for (const { projector } of holdings) expect(projector).toBeGreaterThan(2);
});

it('a store that is meant for one process is taken by the one that comes last', async () => {
  const own = new Store(sqliteDatabase(IN_MEMORY));
  await own.open();
  const [first, second] = [new Membership(own.shares), new Membership(own.shares)];
  expect((await first.turn()).shares).toEqual([0]);
  expect((await second.turn()).shares).toEqual([0]);
  expect((await first.turn()).shares).toEqual([]);
  expect((await second.turn()).shares).toEqual([0]);
});
