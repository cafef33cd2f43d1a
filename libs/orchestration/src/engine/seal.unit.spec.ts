import 'reflect-metadata';
import type { DecidedMessage, OutgoingMessage, Outlet } from '@troupe/jetstream';
import { describe, expect, it } from 'vitest';
import { definitionOf } from '../definition/definition.ts';
import { SnapshotVersionError } from '../errors.ts';
import { Stage } from '../kernel/stage.spec.support.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import type { InstanceRecord, WholeMessage } from '../record.ts';
import { seal } from './seal.ts';

describe('a message of an instance', () => {
  it('is sealed in the flow of its instance, or in the one that it opens', () => {
    expect(sealed({})).toMatchObject({ flow: { id: 'flow-1' } });
    const flow = { id: 'flow-1/carrier/1', parent: 'flow-1' };
    expect(sealed({ flow })).toMatchObject({ flow });
  });

  it('has another id for the stream each time that it is sent again, and stays the same message', () => {
    const { messageId, headers } = sealed({ sends: 3 });
    expect(messageId).toBe('m-1.3');
    expect(Buffer.from(headers).toString()).toBe('NATS/1.0\r\nce-id: c-1\r\nNats-Msg-Id: m-1.3\r\n\r\n');
  });

  it('is left to another build, when this one does not send its contract', () => {
    expect(() => sealed({ contract: 'station.reserve.v9' })).toThrow(SnapshotVersionError);
    expect(() => sealed({ contract: 'station.reserve.v9' })).toThrow(/has station\.reserve\.v9 to send/);
  });
});

function sealed(changes: Partial<WholeMessage>): OutgoingMessage & Partial<DecidedMessage> {
  const stage = new Stage(parcelOptions);
  stage.start({ parcel: 'p-1', items: [] });
  const headers = Buffer.from('NATS/1.0\r\nce-id: c-1\r\nNats-Msg-Id: m-1\r\n\r\n');
  const outlet = {
    seal: (message: DecidedMessage) => ({
      ...message,
      subject: 's',
      messageId: 'm-1',
      headers,
      payload: headers,
    }),
  };
  const message: WholeMessage = {
    id: 'c-1',
    contract: 'station.reserve.v1',
    data: {},
    causationId: 'i-1',
    time: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
  const ground = { definition: definitionOf(parcelOptions), outlet: outlet as unknown as Outlet };
  return seal(ground, stage.record as InstanceRecord, message);
}
