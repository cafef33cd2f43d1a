import type { ParcelDelivered, ParcelReturned } from '@shop/contracts-carrier';
import type { ItemMissing, ItemPicked } from '@shop/contracts-picking';
import {
  type BranchOutcome,
  type Completed,
  definitionOf,
  type OrchestrationOptions,
  orchestrationOf,
} from '@troupe/orchestration';
import { describe, expect, it } from 'vitest';
import { type EventFromLogic, initialTransition, transition } from 'xstate';
import { Fulfilment } from './fulfilment.ts';
import { fulfilmentMachine as machine } from './machine.ts';
import { request } from './requests.spec.support.ts';

type Event = EventFromLogic<typeof machine>;
type Outcome = BranchOutcome<ItemPicked | ItemMissing>;

/** The report of a hand-off, of which this machine reads nothing. */
const UNREAD = {} as Completed<'carrier', ParcelDelivered>['report'];

const fulfilmentId = 'f-1001';
const command = { name: 'any' };
const stationed: Event = {
  type: 'station.reserved',
  data: { fulfilmentId, stationId: 'st-04', address: 'hall-1/bay-04' },
  command,
};
const picked = (key: string): Outcome => ({ key, status: 'answered', contract: 'item.picked.v1' });
const missing = (key: string): Outcome => ({ key, status: 'answered', contract: 'item.missing.v1' });
const joined = (...outcomes: Outcome[]): Event => ({ type: 'picks.joined', outcomes });

/** Where the machine is after these events. */
function after(change: Parameters<typeof request>[0], ...events: Event[]) {
  const [first] = initialTransition(machine, request(change));
  return events.reduce((snapshot, event) => transition(machine, snapshot, event)[0], first);
}

it('is an orchestration that can work', () => {
  const options = orchestrationOf(Fulfilment) as OrchestrationOptions;
  expect(definitionOf(options)).toMatchObject({ name: 'fulfilment', version: 1 });
});

it('remembers where its station is, and picks there', () => {
  expect(after({}, stationed)).toMatchObject({
    value: 'picking',
    context: { stationId: 'st-04', address: 'hall-1/bay-04' },
  });
});

it('asks again some time later when every station is taken', () => {
  const full: Event = { type: 'station.unavailable', data: { fulfilmentId }, command };
  const queueing = after({}, full);
  expect(queueing.value).toBe('queueing');
  const due = { type: 'xstate.after.5000.fulfilment.queueing' } as unknown as Event;
  expect(transition(machine, queueing, due)[0].value).toBe('reserving');
});

it('packs and labels what was picked, and ends with what the carrier made of it', () => {
  const packing = after({}, stationed, joined(picked('line-1'), picked('line-2')));
  expect(packing).toMatchObject({ value: 'packing', context: { lines: [], lineCount: 2, missing: [] } });
  const labelling = transition(machine, packing, {
    type: 'parcel.packed',
    data: { fulfilmentId, parcelId: 'box-1' },
    command,
  })[0];
  expect(labelling).toMatchObject({ value: 'labelling', context: { parcelId: 'box-1' } });
  const handedOff = transition(machine, labelling, {
    type: 'label.printed',
    data: { fulfilmentId, parcelId: 'box-1', labelNumber: 'lbl-1' },
    command,
  })[0];
  expect(handedOff).toMatchObject({
    value: 'handedOff',
    status: 'active',
    context: { labelNumber: 'lbl-1' },
  });
  const ended = (contract: string, data: ParcelDelivered | ParcelReturned): Event => ({
    type: 'carrier.completed',
    contract,
    data,
    flowId: 'f-1001/carrier/1',
    report: UNREAD,
  });
  const parcel = { orderId: 'o-1001', parcelId: 'box-1' };
  const delivered = transition(machine, handedOff, ended('parcel.delivered.v1', parcel))[0];
  expect(delivered).toMatchObject({ value: 'delivered', status: 'done' });
  const back = { ...parcel, reason: 'address-unknown' };
  const returned = transition(machine, handedOff, ended('parcel.returned.v1', back))[0];
  expect(returned).toMatchObject({ value: 'returned', status: 'done' });
});

describe('when a line is missing', () => {
  const one = joined(picked('line-1'), missing('line-2'));

  it('goes on without it, if that is wanted', () => {
    expect(after({ whenMissing: 'partial' }, stationed, one)).toMatchObject({
      value: 'packing',
      context: { missing: [2] },
    });
  });

  it('undoes everything, if that is wanted', () => {
    expect(after({ whenMissing: 'cancel' }, stationed, one).value).toBe('cancelling');
  });

  it('takes a pick that failed for a missing line', () => {
    const failed = joined({ key: 'line-1', status: 'failed', reason: 'unanswered' }, picked('line-2'));
    expect(after({}, stationed, failed)).toMatchObject({ value: 'packing', context: { missing: [1] } });
  });

  it('packs nothing when all are missing', () => {
    const none = joined(missing('line-1'), missing('line-2'));
    expect(after({ whenMissing: 'partial' }, stationed, none).value).toBe('cancelling');
  });
});
