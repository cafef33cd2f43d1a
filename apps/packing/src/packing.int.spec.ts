import {
  LabelPrint,
  ParcelPack,
  type ParcelPacked,
  StationReserve,
  type StationReserved,
} from '@shop/contracts-packing';
import { Inbox } from '@troupe/inbox';
import { type AppHarness, appHarness, startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PackingModule } from './packing.module.ts';
import { toPack, toPrint } from './packing.spec.support.ts';

let broker: TestBroker;
let packing: AppHarness;

beforeAll(async () => {
  broker = await startBroker();
  packing = await appHarness(PackingModule, { broker });
});
afterAll(async () => {
  await packing?.stop();
  await broker?.stop();
});

it('answers each command, from the station to the label', async () => {
  const flowId = 'a parcel';
  await packing.publish(StationReserve, { fulfilmentId: 'f-1001' }, { flowId });
  const { stationId } = ((await packing.events(flowId, { until: 2 }))[1]?.data ?? {}) as StationReserved;
  await packing.publish(ParcelPack, toPack({ stationId }), { flowId });
  const { parcelId } = ((await packing.events(flowId, { until: 4 }))[3]?.data ?? {}) as ParcelPacked;
  await packing.publish(LabelPrint, toPrint(parcelId), { flowId });

  const types = (await packing.events(flowId, { until: 6 })).map(({ type }) => type);
  expect(types.filter((_, index) => index % 2 === 1)).toEqual([
    'station.reserved.v1',
    'parcel.packed.v1',
    'label.printed.v1',
  ]);
  expect(await packing.app.get(Inbox).database.query('SELECT parcel_id FROM labels')).toEqual([
    { parcel_id: parcelId },
  ]);
});
