import { describe, expect, it } from 'vitest';
import { type CompletionReport, emptyReport } from '../report.ts';
import { ParcelDelivered } from '../shop.spec.support.ts';
import { begun, carrier, FLOW, parcel, report } from './hand-offs.spec.support.ts';

describe('a report in a record', () => {
  it('is cut to what fits, without the data of ends, and says what is left out', () => {
    const stage = begun();
    const long: CompletionReport = {
      ...report,
      ends: [{ contract: 'parcel.delivered.v1', messageId: 'm'.repeat(5_000), data: { parcel } }],
      steps: Array.from({ length: 500 }, (_, n) => ({ step: `remote__${n}`, messages: n, done: n })),
    };
    stage.complete(FLOW, ParcelDelivered, { parcel }, long);
    const kept = stage.record?.commands[0]?.handOff?.report as CompletionReport;
    expect(JSON.stringify(kept).length).toBeLessThanOrEqual(4_096);
    expect(kept.ends).toEqual([{ contract: 'parcel.delivered.v1', messageId: 'm'.repeat(256) }]);
    expect(kept.steps).toEqual(long.steps.slice(0, 32));
    expect(kept.lacks).toEqual(['468 of 500 steps are left out']);
    expect(long.ends[0]?.data).toEqual({ parcel });
  });

  it('goes when 32 others were noted since', () => {
    const again = {
      shipping: { entry: carrier, on: { 'carrier.completed': { target: 'shipping', reenter: true } } },
    };
    const stage = begun(again);
    for (let n = 1; n <= 40; n++)
      stage.complete(
        `flow-1/carrier/${n}`,
        ParcelDelivered,
        { parcel },
        emptyReport(`flow-1/carrier/${n}`, `${n}`),
      );
    const reports = stage.record?.commands.map(({ handOff }) => handOff?.report?.lacks[0]);
    expect(reports).toEqual([
      ...Array(8).fill(undefined),
      ...Array.from({ length: 32 }, (_, n) => `${n + 9}`),
      undefined,
    ]);
  });
});
