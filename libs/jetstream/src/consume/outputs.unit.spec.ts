import { describe, expect, it } from 'vitest';
import { UndeclaredOutputError } from '../errors.ts';
import { OrderPlaced, PaymentAuthorized, stepOf } from '../fixtures.spec.support.ts';
import { DEFAULT_LANES, laneOf } from '../lane.ts';
import { Names } from '../naming.ts';
import type { Next } from '../step.ts';
import { Outputs } from './outputs.ts';

const step = stepOf({ on: [OrderPlaced], emits: [PaymentAuthorized] });
const outputs = new Outputs('shop', step, {
  names: new Names(),
  version: '1.0.0',
  lanes: DEFAULT_LANES,
  maxMessageSize: 1024 * 1024,
});

describe('the flow of what a step sends', () => {
  it('is that of its input, with the flow that handed off to it', () => {
    expect(sent(authorized, 'parent')).toMatchObject({ flow: 'flow', parent: 'parent' });
    expect(sent(authorized)).toMatchObject({ flow: 'flow', parent: undefined });
  });

  it('is another one where the step says so, which changes its lane and not its id', () => {
    const child = sent({ ...authorized, flow: { id: 'flow/carrier/1', parent: 'flow' } }, 'parent');
    const lane = laneOf('flow/carrier/1', DEFAULT_LANES);
    expect(child).toMatchObject({ flow: 'flow/carrier/1', parent: 'flow', cause: 'cause' });
    expect(child.subject).toMatch(new RegExp(`\\.${lane}$`));
    expect(child.id).toBe(sent(authorized).id);
    expect(sent({ ...authorized, flow: { id: 'own' } }, 'parent')).toMatchObject({
      flow: 'own',
      parent: undefined,
    });
  });
});

describe('a message that was decided earlier', () => {
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1' };
  const time = '2026-01-01T00:00:00.000Z';

  it('is what the step sends, when it is sealed again', () => {
    const cause = { source: '/desk', id: 'cause', flowId: 'flow', parentFlowId: 'parent' };
    const [sealed] = outputs.of(cause, 'shop__authorize', { ...authorized, time });
    const { id = '' } = sealed ?? {};
    const flow = { id: 'flow', parent: 'parent' };
    const again = outputs.decided({ ...authorized, id, flow, causationId: 'cause', time, ...trace });
    expect(again).toEqual(sealed?.send(trace));
    expect(Buffer.from(again.headers).toString()).toContain('tracestate: a=1');
  });

  it('is not held to a contract that became stricter, and refused when the step does not send it', () => {
    const decided = { ...authorized, data: {}, id: 'm-1', flow: { id: 'flow' }, causationId: 'cause', time };
    expect(Buffer.from(outputs.decided(decided).payload).toString()).toBe('{}');
    expect(() => outputs.decided({ ...decided, contract: OrderPlaced })).toThrow(UndeclaredOutputError);
  });
});

const authorized: Next = { contract: PaymentAuthorized, data: { orderId: 'o-1', amount: 1 } };

function sent(output: Next, parentFlowId?: string) {
  const cause = { source: '/desk', id: 'cause', flowId: 'flow', parentFlowId };
  const [message] = outputs.of(cause, 'shop__authorize', output);
  const { headers, subject } = message?.send({}) ?? { headers: [], subject: '' };
  const head = Buffer.from(headers).toString();
  const header = (name: string) => new RegExp(`^ce-${name}: (.*)\\r$`, 'm').exec(head)?.[1];
  return {
    subject,
    id: header('id'),
    flow: header('correlationid'),
    parent: header('parentflowid'),
    cause: header('causationid'),
  };
}
