import { describe, expect, it } from 'vitest';
import { emptyReport } from '../report.ts';
import { commandRecord, instanceRecord } from '../status/records.spec.support.ts';
import { Bodies } from './body.ts';
import { FulfilmentRequested } from './desk.spec.support.ts';
import type { Face } from './face.ts';

const face: Face = {
  name: 'fulfilment',
  version: 1,
  path: 'fulfilments',
  starts: FulfilmentRequested,
  contracts: new Map(),
  sends: new Map(),
};
const flowId = 'f-1/carrier/1';
const handOff = { flowId, polls: 0, report: emptyReport(flowId, 'no ledger') };
const record = instanceRecord({ commands: [commandRecord({ handOff })] });

describe('the body of a master status', () => {
  it('links a hand-off to its flow in the console, where one is known', () => {
    const found = { record, joins: [], etag: '', isOver: false };
    const { steps, links } = new Bodies(face, { console: 'http://console/' }).status(found);
    expect(steps).toMatchObject([
      { kind: 'hand-off', flowId, report: handOff.report, flow: 'http://console/flows/f-1%2Fcarrier%2F1' },
    ]);
    expect(links.flow).toBe('http://console/flows/f-1');
    const [without] = new Bodies(face, {}).status(found).steps;
    expect(without).not.toHaveProperty('flow');
  });
});
