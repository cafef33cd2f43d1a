import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OrderPlaced, PaymentAuthorized } from '../contracts.spec.support.ts';
import { TerminalError } from '../errors.ts';
import { Names } from '../naming.ts';
import { next, type StepContext, type StepDefinition } from '../step.ts';
import type { StreamSettings } from '../topology/streams.ts';
import { startInstance } from './ack-wait.spec.support.ts';
import { FileEffects, type Notes } from './file-effects.spec.support.ts';

/** Order that ends the process whose step `authorize` handles it. */
export const POISON = 'poison';

/** The steps of the processes that `poison.int.spec.ts` runs, which log in the folder what they begin and end. */
export function mortalSteps(folder: string): StepDefinition[] {
  const log = (what: string, order: string): void =>
    appendFileSync(join(folder, 'log'), `${process.pid} ${what} ${order}\n`);
  const common = { on: [OrderPlaced], from: 'beginning', concurrency: 8 } as const;
  return [
    {
      ...common,
      name: 'authorize',
      emits: [PaymentAuthorized],
      effects: new FileEffects(folder),
      handle: async (order, context, transaction) => {
        const { orderId } = order as OrderPlaced;
        assertFirst(context);
        log('begin', `authorize/${orderId}`);
        if (orderId === POISON) process.kill(process.pid, 'SIGKILL');
        await delay(20);
        (transaction as Notes).push(orderId);
        log('end', `authorize/${orderId}`);
        return next(PaymentAuthorized, { orderId, amount: 1 });
      },
    },
    {
      ...common,
      name: 'count',
      emits: [],
      handle: async (order, context) => {
        const { orderId } = order as OrderPlaced;
        assertFirst(context);
        log('begin', `count/${orderId}`);
        await delay(20);
        log('end', `count/${orderId}`);
      },
    },
  ];
}

/** Nothing fails here: what is delivered again after a death was not tried. */
function assertFirst({ attempt }: StepContext): void {
  if (attempt !== 1) throw new TerminalError(`A delivery was counted as attempt ${attempt}.`);
}

const { SERVER, PREFIX, FOLDER = '', STREAMS = '{}', ACK_WAIT } = process.env;
if (SERVER !== undefined) {
  const instance = await startInstance({
    url: SERVER,
    names: new Names(PREFIX),
    steps: mortalSteps(FOLDER),
    streams: JSON.parse(STREAMS) as StreamSettings,
    ackWaitMs: Number(ACK_WAIT),
  });
  process.once('SIGTERM', () => void instance.stop(5_000));
  process.send?.('running');
}
