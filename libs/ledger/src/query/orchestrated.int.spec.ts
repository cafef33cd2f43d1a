import { jetstream } from '@nats-io/jetstream';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { Contract } from '@troupe/contract';
import {
  Connection,
  DeadLetters,
  instanceKey,
  keyToken,
  next,
  type StepDefinition,
  silentLogger,
  TerminalError,
} from '@troupe/jetstream';
import { IsInt } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../ledger.ts';
import { NOTHING_DECLARED } from '../model/choreography.ts';
import type { Flow } from '../model/flow.ts';
import { OrderPlaced, PaymentAuthorized } from '../shop.spec.support.ts';
import { flowOnce, Stage, until } from '../stage.spec.support.ts';

@Contract({ type: 'fulfilment.wake', version: 1, kind: 'event', owner: 'boss' })
class Wake {
  @IsInt()
  revision!: number;
}

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

/** Wakes itself as told for each order, and sends an event when it wakes. */
const waking = (at: () => Date | undefined, onWake: () => void = () => {}): StepDefinition => ({
  name: 'fulfilment',
  on: [OrderPlaced],
  emits: [PaymentAuthorized],
  direct: [Wake],
  from: 'beginning',
  handle: (data) => {
    if (data instanceof OrderPlaced) {
      const time = at();
      return next(Wake, { revision: 1 }, time && { at: time });
    }
    onWake();
    return next(PaymentAuthorized, { orderId: 'o-1' });
  },
});

/** A stand-in for an orchestration. */
const FULFILLING: StepDefinition = {
  ...waking(() => new Date(Date.now() + 3_600_000)),
  orchestration: { name: 'fulfilment', version: 1 },
};

/** Writes a record as an orchestration of the app would. */
async function put(stage: Stage, key: string, record: object | string): Promise<void> {
  const bucket = stage.names.orchestrations('boss');
  await stage.manager.streams.add({
    name: `KV_${bucket}`,
    subjects: [`$KV.${bucket}.>`],
    max_msgs_per_subject: 1,
    allow_direct: true,
  });
  const text = typeof record === 'string' ? record : JSON.stringify({ digest: 'x', record });
  await jetstream(stage.client).publish(`$KV.${bucket}.${key}`, text);
}

const recordOf = (fields: object): object => ({
  status: 'running',
  snapshot: { value: 'picking' },
  fanOuts: [],
  problems: [],
  ...fields,
});

async function staged(
  step: StepDefinition,
): Promise<{ stage: Stage; ledger: Ledger; order: (flowId: string) => Promise<unknown> }> {
  const stage = await Stage.on(server);
  const ledger = await stage.ledger({ choreography: NOTHING_DECLARED, businessKeys: {} });
  const shop = await stage.app('storefront', []);
  await stage.app('boss', [step]);
  const order = (flowId: string) => shop.producer.send(OrderPlaced, { orderId: 'o-1' }, { flowId });
  return { stage, ledger, order };
}

const isCompleted = ({ state }: Flow): boolean => state === 'completed';

describe('a message of a step to itself', () => {
  it('that waits for its time keeps no flow open, and is not shown', async () => {
    const { stage, ledger, order } = await staged(waking(() => new Date(Date.now() + 3_600_000)));
    await order('f-1');
    await until('it is armed', async () => {
      const { state } = await stage.manager.streams.info(stage.names.delayed('boss'));
      return state.messages > 0;
    });
    const flow = await flowOnce(ledger, 'f-1', 'it is completed', isCompleted);
    expect(flow.sentence).toMatch(/^Flow f-1 is completed: order\.placed\.v1, /);
    expect(flow.roots[0]?.steps[0]?.emitted).toEqual([]);
  });

  it('that came is shown with what it caused, and is not the last thing that is told', async () => {
    const { ledger, order } = await staged(waking(() => new Date(Date.now() + 200)));
    await order('f-1');
    const sent = (flow: Flow) => flow.roots[0]?.steps[0]?.emitted[0];
    const flow = await flowOnce(
      ledger,
      'f-1',
      'it is completed',
      (one) => isCompleted(one) && sent(one) !== undefined,
    );
    expect(sent(flow)).toMatchObject({
      message: { type: 'fulfilment.wake.v1', direct: true },
      steps: [{ step: 'boss__fulfilment', emitted: [{ message: { type: 'payment.authorized.v1' } }] }],
    });
    expect(flow.roots).toHaveLength(1);
    expect(flow.sentence).toContain('payment.authorized.v1');
  });

  it('that is set aside is a failure of the flow, until its redrive is handled', async () => {
    let broken = true;
    const { stage, ledger, order } = await staged(
      waking(
        () => undefined,
        () => {
          if (broken) throw new TerminalError('out of order');
        },
      ),
    );
    await order('f-1');
    const failed = await flowOnce(ledger, 'f-1', 'it is failed', ({ state }) => state === 'failed');
    expect(failed.reasons).toEqual(['boss__fulfilment set fulfilment.wake.v1 aside: terminal-error']);
    broken = false;
    const connection = new Connection({ servers: server.url }, silentLogger);
    onTestFinished(() => connection.close());
    const letters = await DeadLetters.open(connection, stage.prefix);
    onTestFinished(() => letters.close());
    await letters.redrive({ filter: {} }, { by: 'ada', why: 'repaired' });
    await flowOnce(ledger, 'f-1', 'it is completed', isCompleted);
  });
});

describe('a flow that is an orchestration', () => {
  it('says where that is, and is not completed before it', async () => {
    const { stage, ledger, order } = await staged(FULFILLING);
    const picks = { id: 'picks-2', name: 'picks', total: 5, status: 'open' };
    const joined = { id: 'picks', name: 'picks', total: 7, status: 'joined' };
    await put(stage, instanceKey('fulfilment', 'f-1'), recordOf({ fanOuts: [joined, picks] }));
    await put(stage, `f.fulfilment.${keyToken('f-1')}.picks-2`, { id: 'picks-2', answered: 2, failed: 1 });
    await order('f-1');
    const running = await flowOnce(ledger, 'f-1', 'its step is done', ({ sentence }) =>
      /\(3 of 5 picks\);/.test(sentence),
    );
    expect(running.state).toBe('running');
    expect(running.sentence).toMatch(/^Flow f-1 is picking \(3 of 5 picks\); order\.placed\.v1 .+ ago\.$/);
    expect((await ledger.flows({ state: 'completed' })).flows).toEqual([]);

    const suspended = { status: 'suspended', problems: [{ message: 'no answer' }, { message: 'label jam' }] };
    await put(stage, instanceKey('fulfilment', 'f-1'), recordOf(suspended));
    expect((await ledger.where('f-1')).flows[0]).toMatchObject({
      state: 'stalled',
      reasons: ['fulfilment is suspended in picking and waits for a person: label jam'],
    });

    await put(stage, instanceKey('fulfilment', 'f-1'), recordOf({ status: 'completed' }));
    await flowOnce(ledger, 'f-1', 'it is completed', isCompleted);
  });

  it.each([
    ['failed', recordOf({ status: 'failed', problems: [] }), 'failed', 'fulfilment failed in picking'],
    ['damaged', '{"digest":', 'stalled', 'the record of fulfilment cannot be read: it was edited or cut'],
  ])('is judged by a record that is %s', async (_what, record, state, reason) => {
    const { stage, ledger, order } = await staged(FULFILLING);
    await put(stage, instanceKey('fulfilment', 'f-1'), record);
    await order('f-1');
    const flow = await flowOnce(ledger, 'f-1', 'it is judged', (one) => one.reasons.length > 0);
    expect(flow).toMatchObject({ state, reasons: [reason] });
  });

  it('is not completed, as far as is known, while its app has no bucket', async () => {
    const { ledger, order } = await staged(FULFILLING);
    await order('f-1');
    const flow = await flowOnce(ledger, 'f-1', 'its step is done', ({ sentence }) =>
      sentence.startsWith('Flow f-1 is in fulfilment, whose record cannot be had now; '),
    );
    expect(flow.state).toBe('running');
  });

  it('is found by a flow id that no key could carry, in each of its parallel states', async () => {
    const { stage, ledger, order } = await staged(FULFILLING);
    const flowId = 'order no. 1 / *';
    const value = { packing: { label: 'printing' }, billing: {} };
    await put(stage, instanceKey('fulfilment', flowId), recordOf({ snapshot: { value } }));
    await order(flowId);
    await flowOnce(ledger, flowId, 'it says so', ({ sentence }) =>
      sentence.includes('is packing.label.printing, billing'),
    );
  });
});
