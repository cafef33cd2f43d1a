import type { LabelPrint, ParcelPack } from '@shop/contracts-packing';

/** Two lines, brought to the first station. */
export function toPack(change: Partial<ParcelPack> = {}): ParcelPack {
  return {
    fulfilmentId: 'f-1001',
    stationId: 'st-01',
    lines: 2,
    ...change,
  };
}

export function toPrint(parcelId: string): LabelPrint {
  return {
    fulfilmentId: 'f-1001',
    parcelId,
    recipient: 'Ada Example',
    deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  };
}
