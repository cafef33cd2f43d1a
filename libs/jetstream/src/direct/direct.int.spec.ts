import { type NatsServer, startNatsServer } from '@troupe/broker';
import { ContractViolationError } from '@troupe/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../connection/connection.ts';
import { Stage } from '../consume/stage.spec.support.ts';
import { DeadLetters } from '../dead-letters/dead-letters.ts';
import { BrokerUnavailableError, DirectNotTakenError, TerminalError } from '../errors.ts';
import { OrderPlaced, runtimeOf, stepOf, until } from '../fixtures.spec.support.ts';
import { silentLogger } from '../logger.ts';
import { stepName } from '../naming.ts';
import { next, type StepContext, type StepDefinition, type StepResult } from '../step.ts';
import { Wake } from './contracts.spec.support.ts';
import { openDirect } from './open-direct.ts';

interface Seen {
  readonly data: object;
  readonly context: Pick<StepContext, 'id' | 'source' | 'flowId' | 'causationId' | 'attempt'>;
  readonly at: number;
}

let server: NatsServer;
let stage: Stage;
let seen: Seen[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  seen = [];
});

/** A step that takes wakes directly, and answers an order as told. */
function courier(
  onOrder: (order: OrderPlaced) => StepResult = () => {},
  onWake: (wake: Wake, context: StepContext) => void = () => {},
): StepDefinition {
  return stepOf({
    name: 'courier',
    direct: [Wake],
    handle: (data, context) => {
      const { id, source, flowId, causationId, attempt } = context;
      seen.push({ data, context: { id, source, flowId, causationId, attempt }, at: Date.now() });
      if (data instanceof OrderPlaced) return onOrder(data);
      return onWake(data as Wake, context);
    },
  });
}

const wakes = (): Seen[] => seen.filter(({ data }) => data instanceof Wake);

async function aConnection(): Promise<Connection> {
  const connection = new Connection({ servers: server.url }, silentLogger);
  onTestFinished(() => connection.close());
  return connection;
}

describe('a message that a step returns to itself', () => {
  it('comes to that step alone, caused by what it handled, in its flow', async () => {
    await stage.app([
      courier(() => next(Wake, { revision: 1 })),
      stepOf({
        name: 'other',
        direct: [Wake],
        handle: (data) => void (data instanceof Wake && expect.fail()),
      }),
    ]);
    await stage.order('o-1', { 'ce-correlationid': 'flow-1' });
    await until('it came', () => wakes().length > 0);
    expect(wakes()).toMatchObject([
      { data: { revision: 1 }, context: { source: '/shop/courier', flowId: 'flow-1', causationId: 'o-1' } },
    ]);
    expect(await stage.stored(stage.names.events)).toHaveLength(1);
    await stage.settled(stepName('shop', 'courier'), stage.names.delayed('shop'));
  });

  it('with a time comes then, and not before', async () => {
    const at = new Date(Date.now() + 700);
    await stage.app([courier(() => next(Wake, { revision: 1 }, { at }))]);
    await stage.order('o-1');
    await until('it came', () => wakes().length > 0);
    expect(wakes()[0]?.at).toBeGreaterThanOrEqual(at.getTime());
  });

  it('with a time that is past comes at once', async () => {
    const at = new Date(Date.now() - 86_400_000);
    await stage.app([courier(() => next(Wake, { revision: 1 }, { at }))]);
    await stage.order('o-1');
    await until('it came', () => wakes().length > 0);
  });

  it('waits in the broker while no instance of the app runs', async () => {
    const app = await stage.app([
      courier(() => next(Wake, { revision: 7 }, { at: new Date(Date.now() + 500) })),
    ]);
    await stage.order('o-1');
    await stage.settled(stage.durable('courier'));
    await app.stop();
    const fired = stage.names.redriveSubject('shop', 'courier');
    await until(
      'it fired',
      async () => (await stage.stored(stage.names.delayed('shop'), `${fired}.*`)).length > 0,
    );
    expect(wakes()).toEqual([]);
    await stage.app([courier()]);
    await until('it came', () => wakes().length > 0);
    expect(wakes()).toMatchObject([{ data: { revision: 7 } }]);
  });

  it('has the same id and its own schedule however often its cause is handled', async () => {
    const at = new Date(Date.now() + 3_600_000);
    const app = await stage.app([
      courier(() => [1, 2].map((revision) => next(Wake, { revision }, { key: String(revision), at }))),
    ]);
    await stage.order('o-1');
    await stage.settled(stage.durable('courier'));
    const before = await stage.stored(stage.names.delayed('shop'));
    await stage.order('o-1');
    await stage.settled(stage.durable('courier'));
    await app.stop();
    expect(seen).toHaveLength(2);
    expect(before).toHaveLength(2);
    expect((await stage.stored(stage.names.delayed('shop'))).map(({ seq }) => seq)).toEqual(
      before.map(({ seq }) => seq),
    );
  });

  it.each([
    ['an event for all is given a time', next(OrderPlaced, { orderId: 'o-2' }, { at: new Date() })],
    ['its time is no date', next(Wake, { revision: 1 }, { at: new Date('soon') })],
    [
      'it is also an older major',
      next(Wake, { revision: 1 }, { also: next(OrderPlaced, { orderId: 'o-2' }) }),
    ],
    ['it breaks its contract', next(Wake, { revision: 1.5 })],
  ])('is refused when %s: the input is set aside', async (_what, returned) => {
    await stage.app([
      {
        ...courier((order) => (order.orderId === 'o-1' ? returned : undefined)),
        emits: [OrderPlaced],
        name: 'courier',
      },
    ]);
    await stage.order('o-1');
    await until('it is set aside', async () => (await stage.deadLetters()).length === 1);
    expect((await stage.deadLetters())[0]?.header.get('x-dead-letter-reason')).toBe('terminal-error');
    expect(await stage.stored(stage.names.delayed('shop'))).toEqual([]);
  });
});

describe('a message that an app sends to one of its steps', () => {
  it('comes to it, once for each id', async () => {
    const { direct } = await stage.app([courier()]);
    const options = { id: 'w-1', flowId: 'flow-1', causationId: 'o-1' };
    const sent = await direct.send('courier', Wake, { revision: 1 }, options);
    expect(sent).toMatchObject({ id: 'w-1', stream: stage.names.delayed('shop'), duplicate: false });
    expect(await direct.send('courier', Wake, { revision: 1 }, options)).toMatchObject({ duplicate: true });
    await stage.settled(stepName('shop', 'courier'), stage.names.delayed('shop'));
    expect(seen).toMatchObject([
      {
        data: { revision: 1 },
        context: { id: 'w-1', source: '/shop', flowId: 'flow-1', causationId: 'o-1' },
      },
    ]);
  });

  it('is refused for a step or a contract that takes none', async () => {
    const { direct } = await stage.app([courier(), stepOf()]);
    const options = { id: 'w-1', flowId: 'flow-1' };
    await expect(direct.send('authorize', Wake, { revision: 1 }, options)).rejects.toThrow(
      DirectNotTakenError,
    );
    await expect(direct.send('nobody', Wake, { revision: 1 }, options)).rejects.toThrow(/shop__nobody/);
    await expect(direct.send('courier', OrderPlaced, { orderId: '1' }, options)).rejects.toThrow(
      DirectNotTakenError,
    );
  });

  it('is refused when it breaks its contract or names nothing', async () => {
    const { direct } = await stage.app([courier()]);
    const send = (revision: number, options: object) =>
      direct.send('courier', Wake, { revision }, { id: 'w', flowId: 'f', ...options });
    await expect(send(1.5, {})).rejects.toThrow(ContractViolationError);
    await expect(send(1, { id: '' })).rejects.toThrow(RangeError);
    await expect(send(1, { flowId: '' })).rejects.toThrow(RangeError);
    await expect(send(1, { at: new Date(Number.NaN) })).rejects.toThrow(RangeError);
  });

  it('is refused before the app is connected', async () => {
    const { direct } = runtimeOf(server, { steps: [courier()] });
    await expect(direct.send('courier', Wake, { revision: 1 }, { id: 'w', flowId: 'f' })).rejects.toThrow(
      BrokerUnavailableError,
    );
  });
});

describe('a program that is not the app', () => {
  it('sends to a step what its manifest says that it takes', async () => {
    await stage.app([courier()]);
    const sender = { name: 'prompter', version: '1.0.0' };
    const open = await openDirect(await aConnection(), { app: 'shop', prefix: stage.prefix, sender });
    onTestFinished(() => open.close());
    await open.direct.send('courier', Wake, { revision: 3 }, { id: 'w-1', flowId: 'flow-1' });
    await until('it came', () => wakes().length > 0);
    expect(wakes()).toMatchObject([{ data: { revision: 3 }, context: { source: '/prompter' } }]);
    await expect(
      open.direct.send('courier', OrderPlaced, { orderId: '1' }, { id: 'x', flowId: 'f' }),
    ).rejects.toThrow(DirectNotTakenError);
    await expect(open.direct.send('nobody', Wake, { revision: 1 }, { id: 'x', flowId: 'f' })).rejects.toThrow(
      DirectNotTakenError,
    );
  });
});

describe('a direct message that cannot be handled', () => {
  it('is set aside like any other, and a redrive brings it back', async () => {
    let broken = true;
    const { direct } = await stage.app([
      courier(undefined, () => {
        if (broken) throw new TerminalError('out of order');
      }),
    ]);
    await direct.send('courier', Wake, { revision: 1 }, { id: 'w-1', flowId: 'flow-1' });
    await until('it is set aside', async () => (await stage.deadLetters()).length === 1);
    broken = false;
    const letters = await DeadLetters.open(await aConnection(), stage.prefix);
    onTestFinished(() => letters.close());
    await letters.redrive({ filter: {} }, { by: 'ada', why: 'repaired' });
    await until('it is handled', () => wakes().length === 2);
    expect(wakes()[1]).toMatchObject({ data: { revision: 1 }, context: { id: 'w-1', flowId: 'flow-1' } });
  });

  it('breaks its contract: it is set aside with the failing paths', async () => {
    await stage.app([courier()]);
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': 'w',
      'ce-source': '/x',
      'ce-type': 'courier.wake.v1',
    };
    await stage.put(`${stage.names.redriveSubject('shop', 'courier')}.0`, headers, '{"revision":"one"}');
    await until('it is set aside', async () => (await stage.deadLetters()).length === 1);
    const [letter] = await stage.deadLetters();
    expect(letter?.header.get('x-dead-letter-reason')).toBe('contract-invalid');
    expect(letter?.header.get('x-dlq-violations')).toContain('/revision');
    expect(wakes()).toEqual([]);
  });
});
