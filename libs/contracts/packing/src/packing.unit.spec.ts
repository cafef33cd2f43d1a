import { type ContractClass, contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import {
  LabelPrint,
  LabelPrinted,
  ParcelPack,
  ParcelPacked,
  ParcelUnpack,
  ParcelUnpacked,
  StationRelease,
  StationReleased,
  StationReserve,
  StationReserved,
  StationUnavailable,
} from './index.ts';

const fulfilment = { fulfilmentId: 'f-1001' };
const station = { ...fulfilment, stationId: 'st-04' };
const parcel = { ...fulfilment, parcelId: 'box-1' };
const deliverTo = { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' };
const pack: ParcelPack = { ...station, lines: 2 };
const print: LabelPrint = { ...parcel, recipient: 'Ada Example', deliverTo };

const commands: readonly [string, ContractClass, object][] = [
  ['station.reserve.v1', StationReserve, fulfilment],
  ['station.release.v1', StationRelease, station],
  ['parcel.pack.v1', ParcelPack, pack],
  ['parcel.unpack.v1', ParcelUnpack, parcel],
  ['label.print.v1', LabelPrint, print],
];
const events: readonly [string, ContractClass, object][] = [
  ['station.reserved.v1', StationReserved, { ...station, address: 'hall-1/bay-04' }],
  ['station.unavailable.v1', StationUnavailable, fulfilment],
  ['station.released.v1', StationReleased, station],
  ['parcel.packed.v1', ParcelPacked, parcel],
  ['parcel.unpacked.v1', ParcelUnpacked, parcel],
  ['label.printed.v1', LabelPrinted, { ...parcel, labelNumber: 'lbl-1' }],
];

describe.each([
  ...commands.map(([id, contract, example]) => ({ id, kind: 'command', contract, example })),
  ...events.map(([id, contract, example]) => ({ id, kind: 'event', contract, example })),
])('$id', ({ contract: described, id, kind, example }) => {
  const contract = contractOf<object>(described);
  const broken = (value: object): string[] => contract.violationsOfProduced(value).map(({ path }) => path);

  it('is enforced by its compiled schema', () => {
    expect(contract).toMatchObject({ id, owner: 'packing', kind });
    expect(contract.fallbackReasons).toEqual([]);
    expect(contract.enforcement).toBe('compiled');
  });

  it('takes its example, and what it cannot do without is each of its fields', () => {
    expect(broken(example)).toEqual([]);
    expect([...new Set(broken({}))]).toEqual(Object.keys(example).map((field) => `/${field}`));
  });

  it('has an example of each of its fields, and takes it', () => {
    const { message = {}, missing } = exampleOf(contract.producedSchema);
    expect(missing).toEqual([]);
    expect(broken(message)).toEqual([]);
    expect(Object.keys(message)).toEqual(Object.keys(example));
  });
});

it('refuses to pack nothing', () => {
  const violations = contractOf(ParcelPack).violationsOfProduced({ ...pack, lines: 0 });
  expect(violations.map(({ path }) => path)).toEqual(['/lines']);
});

it('refuses a label for nobody, or to no such country', () => {
  const broken = (change: object) =>
    contractOf(LabelPrint)
      .violationsOfProduced({ ...print, ...change })
      .map(({ path }) => path);
  expect(broken({ recipient: '' })).toEqual(['/recipient']);
  expect(broken({ deliverTo: { ...deliverTo, country: 'XX' } })).toEqual(['/deliverTo/country']);
});

it('shows no recipient to anybody but the printer', () => {
  expect(contractOf(LabelPrint).mask.paths).toEqual(['/recipient']);
});
