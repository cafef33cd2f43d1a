import { describe, expect, it } from 'vitest';
import { CARRIED, DELIVERED, FULFILLED } from './fulfilling.ts';
import { History } from './history.spec.support.ts';
import { verdictOf } from './verdict.ts';

const verdictAbout = (history: History) => verdictOf(history.evidence);

/** A fulfilment of each kind. */
function everything(): History {
  return new History().add('whole', 'f1').add('large', 'f2').add('partial', 'f3').add('refused', 'f4');
}

it('finds nothing wrong where each fulfilment ended once, in its own way', () => {
  const clean = { accepted: 4, exactlyOnce: 4, lost: [], doubled: [], unaccounted: [] };
  expect(verdictAbout(everything())).toEqual(clean);
});

it('does not mind a command that was sent again under its id', () => {
  const history = everything();
  const command = history.messages.find(({ type }) => type === 'label.print.v1');
  if (command !== undefined) history.messages.push({ ...command, seq: 999 });
  expect(verdictAbout(history)).toMatchObject({ doubled: [], unaccounted: [] });
});

it('does not mind a station that is asked for again after there was none', () => {
  const history = everything().tell('f1', 'station.reserve.v1', 'station.unavailable.v1', '', 'earlier');
  expect(verdictAbout(history).doubled).toEqual([]);
});

describe.each<[string, (history: History) => unknown, string]>([
  [
    'its end',
    (h) =>
      h.messages.splice(
        h.messages.findIndex(({ type }) => type === FULFILLED),
        1,
      ),
    `has no ${FULFILLED}`,
  ],
  [
    'its master status',
    (h) => h.statuses.set('f1', 'running'),
    'is running by its master status, and not completed',
  ],
  [
    'its delivery',
    (h) =>
      h.messages.splice(
        h.messages.findIndex(({ type }) => type === DELIVERED),
        1,
      ),
    'has a parcel that was not delivered',
  ],
  ['a pick', (h) => h.picks.shift(), 'has 2 picks off their shelves instead of 3'],
  ['its parcel', (h) => h.parcels.shift(), 'has a parcel of 0 lines instead of 3'],
  [
    'its label',
    (h) => h.parcels.splice(0, 1, { fulfilment: 'f1', lines: 3, stands: true, labels: 0 }),
    'has a parcel without a label',
  ],
])('a fulfilment without %s', (_, take, what) => {
  it('is lost', () => {
    const history = everything();
    take(history);
    expect(verdictAbout(history)).toMatchObject({
      exactlyOnce: 3,
      lost: [`fulfilment f1 (whole) ${what}`],
    });
  });
});

it('calls one lost of which a pick was not put back', () => {
  const history = everything();
  const at = history.picks.findIndex(({ fulfilment }) => fulfilment === 'f4');
  history.picks[at] = { fulfilment: 'f4', line: 1, restocked: false };
  expect(verdictAbout(history).lost).toEqual([
    'fulfilment f4 (refused) has 1 picks off their shelves instead of 0',
  ]);
});

describe.each<[string, (history: History) => unknown, RegExp]>([
  ['a second end', (h) => h.store('f1', FULFILLED), /^fulfilment f1 \(whole\) has order.fulfilled.v1 /],
  [
    'a command under a second id',
    (h) => h.tell('f1', 'label.print.v1', 'label.printed.v1', '', 'another'),
    /was told label.print.v1 2 times instead of 1$/,
  ],
  [
    'a line that was picked twice',
    (h) => h.picks.push({ fulfilment: 'f1', line: 1, restocked: true }),
    /had 4 picks for 3 lines$/,
  ],
  [
    'a second delivery',
    (h) => h.store(`f1${CARRIED}`, DELIVERED),
    /has parcel.delivered.v1 2 times instead of 1 in the carrier's flow$/,
  ],
  [
    'a parcel although it was refused',
    (h) => h.store(`f4${CARRIED}`, DELIVERED),
    /^fulfilment f4 \(refused\) has parcel.delivered.v1 1 times instead of 0 in the carrier's flow$/,
  ],
  [
    'a second parcel',
    (h) => h.parcels.push({ fulfilment: 'f1', lines: 3, stands: false, labels: 0 }),
    /had 2 parcels$/,
  ],
])('a fulfilment with %s', (_, add, what) => {
  it('is doubled', () => {
    const history = everything();
    add(history);
    expect(verdictAbout(history).doubled).toEqual([expect.stringMatching(what)]);
  });
});

describe.each<[string, (history: History) => unknown, string]>([
  [
    'work that the broker holds',
    (h) => {
      h.left = { waiting: 1, inHand: 2, scheduled: 3 };
    },
    '1 wait, 2 in hand, 3 scheduled',
  ],
  [
    'an outbox',
    (h) => {
      h.outbox = 1;
    },
    '1 messages were never published',
  ],
  [
    'a stranger',
    (h) => h.store('f9', 'item.picked.v1'),
    'item.picked.v1 (111) is of f9, which nobody asked for',
  ],
  [
    'a command that nobody handled',
    (h) => h.handled.delete('packing/print /fulfilment/fulfilment label.print.v1 f1 '),
    'packing/print did not handle label.print.v1 (12)',
  ],
  [
    'a second answer',
    (h) => h.store('f1', 'label.printed.v1', { causationId: 'label.print.v1 f1 ' }),
    'label.print.v1 (12) has 2 answers',
  ],
  [
    'a station that is kept',
    (h) => h.kept.push({ station: 'st-01', fulfilment: 'f1' }),
    'station st-01 is still kept for f1',
  ],
  [
    'pieces that are gone',
    (h) => {
      h.wrongShelves = ['TENT-2P'];
    },
    'the pieces of TENT-2P do not add up',
  ],
  [
    'a flow that the ledger calls unfinished',
    (h) => {
      h.unfinished = ['f1 running'];
    },
    'the ledger calls flow f1 running',
  ],
])('%s', (_, change, complaint) => {
  it('is unaccounted for', () => {
    const history = everything();
    change(history);
    expect(verdictAbout(history).unaccounted).toEqual([complaint]);
  });
});
