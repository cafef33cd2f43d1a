import { randomUUID } from 'node:crypto';
import {
  LabelPrint,
  type LabelPrinted,
  ParcelPack,
  type ParcelPacked,
  ParcelUnpack,
  StationRelease,
  StationReserve,
} from '@shop/contracts-packing';
import type { ContractClass } from '@troupe/contract';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { TerminalError } from '@troupe/nest';
import { stepHarness } from '@troupe/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from './migrations.ts';
import { toPack, toPrint } from './packing.spec.support.ts';
import { ParcelSteps } from './parcel.steps.ts';
import { StationSteps } from './station.steps.ts';

const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'packing', migrations: migrations(2) });
const { database } = inbox;
afterAll(() => inbox.close());
beforeEach(async () => {
  await inbox.prepare();
  for (const sql of ['DELETE FROM labels', 'DELETE FROM parcels', 'UPDATE stations SET fulfilment_id = NULL'])
    await database.query(sql);
});

const providers = [StationSteps, ParcelSteps, { provide: Inbox, useValue: inbox }];
const steps = {
  reserve: {
    command: StationReserve,
    harness: () => stepHarness({ providers, step: [StationSteps, 'reserve'] }),
  },
  release: {
    command: StationRelease,
    harness: () => stepHarness({ providers, step: [StationSteps, 'release'] }),
  },
  pack: { command: ParcelPack, harness: () => stepHarness({ providers, step: [ParcelSteps, 'pack'] }) },
  unpack: { command: ParcelUnpack, harness: () => stepHarness({ providers, step: [ParcelSteps, 'unpack'] }) },
  print: { command: LabelPrint, harness: () => stepHarness({ providers, step: [ParcelSteps, 'print'] }) },
};

/** A command of its own each time, unless the id says that it comes again. */
async function told(step: keyof typeof steps, data: object, id: string = randomUUID()) {
  const { command, harness } = steps[step];
  return (await harness()).given<ContractClass<object>>(command, data, { id });
}

const reserved = async (fulfilmentId = 'f-1001'): Promise<unknown> =>
  (await told('reserve', { fulfilmentId }))[0]?.data;
const packed = async (): Promise<string> => {
  await reserved();
  const [answer] = await told('pack', toPack());
  return ((answer?.data ?? {}) as ParcelPacked).parcelId;
};
const taken = (): Promise<unknown[]> =>
  database.query(
    'SELECT station_id, fulfilment_id FROM stations WHERE fulfilment_id IS NOT NULL ORDER BY station_id',
  );

describe('stations', () => {
  it('are kept for who asks, who hears where they are', async () => {
    expect(await reserved()).toEqual({
      fulfilmentId: 'f-1001',
      stationId: 'st-01',
      address: 'hall-1/bay-01',
    });
    expect(await reserved('f-1002')).toMatchObject({ stationId: 'st-02' });
    expect(await taken()).toEqual([
      { station_id: 'st-01', fulfilment_id: 'f-1001' },
      { station_id: 'st-02', fulfilment_id: 'f-1002' },
    ]);
  });

  it('are one for a fulfilment, however often it asks', async () => {
    const first = await reserved();
    expect(await reserved()).toEqual(first);
    expect(await taken()).toHaveLength(1);
  });

  it('are all taken at some time, and one is there again when somebody leaves', async () => {
    await reserved();
    await reserved('f-1002');
    expect(await told('reserve', { fulfilmentId: 'f-1003' })).toMatchObject([
      { type: 'station.unavailable.v1', data: { fulfilmentId: 'f-1003' } },
    ]);
    const leaving = { fulfilmentId: 'f-1001', stationId: 'st-01' };
    expect(await told('release', leaving)).toMatchObject([{ type: 'station.released.v1', data: leaving }]);
    expect(await reserved('f-1003')).toMatchObject({ stationId: 'st-01' });
  });

  it('are left in peace by who does not have them', async () => {
    await reserved();
    const stranger = { fulfilmentId: 'f-1002', stationId: 'st-01' };
    expect(await told('release', stranger)).toHaveLength(1);
    expect(await taken()).toEqual([{ station_id: 'st-01', fulfilment_id: 'f-1001' }]);
  });
});

describe('a parcel', () => {
  it('is packed at the station that is kept for it', async () => {
    const parcelId = await packed();
    expect(await database.query('SELECT parcel_id, fulfilment_id, station_id, lines FROM parcels')).toEqual([
      { parcel_id: parcelId, fulfilment_id: 'f-1001', station_id: 'st-01', lines: 2 },
    ]);
  });

  it('is packed once for a command that is delivered again', async () => {
    await reserved();
    expect(await told('pack', toPack(), 'again')).toHaveLength(1);
    expect(await told('pack', toPack(), 'again')).toEqual([]);
    expect(await database.query('SELECT * FROM parcels')).toHaveLength(1);
  });

  it("is not packed at another's station", async () => {
    await reserved('f-1002');
    await expect(told('pack', toPack())).rejects.toThrow(TerminalError);
    expect(await database.query('SELECT * FROM parcels')).toEqual([]);
  });

  it('gets a label, and its station is free then', async () => {
    const parcelId = await packed();
    const [printed] = await told('print', toPrint(parcelId));
    const { labelNumber } = (printed?.data ?? {}) as LabelPrinted;
    expect(await database.query('SELECT label_number, parcel_id FROM labels')).toEqual([
      { label_number: labelNumber, parcel_id: parcelId },
    ]);
    expect(await taken()).toEqual([]);
  });

  it('is unpacked, and its label void, however often that is asked', async () => {
    const parcelId = await packed();
    await told('print', toPrint(parcelId));
    const parcel = { fulfilmentId: 'f-1001', parcelId };
    for (const answer of [await told('unpack', parcel), await told('unpack', parcel)]) {
      expect(answer).toMatchObject([{ type: 'parcel.unpacked.v1', data: parcel }]);
    }
    expect(await database.query('SELECT parcel_id FROM parcels WHERE unpacked_at IS NULL')).toEqual([]);
    expect(await database.query('SELECT parcel_id FROM labels WHERE void_at IS NULL')).toEqual([]);
  });

  it('gets no label when it was unpacked', async () => {
    const parcelId = await packed();
    await told('unpack', { fulfilmentId: 'f-1001', parcelId });
    await expect(told('print', toPrint(parcelId))).rejects.toThrow('was unpacked');
  });

  it.each(['unpack', 'print'] as const)('that nobody packed cannot be told to %s', async (step) => {
    await expect(told(step, toPrint('box-none'))).rejects.toThrow('There is no parcel "box-none"');
  });
});
