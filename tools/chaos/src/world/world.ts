import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Call, Deed } from './calls.ts';

/** What a service of the world does with a request that it did not see before: its answer, and what was done by it. */
interface Deeds {
  readonly deed: Deed;
  answer(body: Body, key: string): { readonly effect?: string; readonly answer: object };
}

interface Body {
  readonly orderId: string;
  readonly paymentToken?: string;
  readonly reservationId?: string;
  readonly parcelId?: string;
}

const SERVICES: Readonly<Record<string, Deeds>> = {
  '/authorizations': {
    deed: 'charge',
    answer: ({ paymentToken }, key) =>
      paymentToken === 'tok_declined'
        ? { answer: { authorized: false, reason: 'card-declined' } }
        : { effect: `pay_${key}`, answer: { authorized: true, paymentId: `pay_${key}` } },
  },
  '/refunds': {
    deed: 'refund',
    answer: (_, key) => ({ effect: `ref_${key}`, answer: { refundId: `ref_${key}` } }),
  },
  '/reservations': {
    deed: 'reserve',
    answer: ({ reservationId = '' }) => ({ effect: reservationId, answer: {} }),
  },
  '/dispatches': { deed: 'dispatch', answer: ({ parcelId = '' }) => ({ effect: parcelId, answer: {} }) },
};

/**
 * The payment provider, the warehouse and the carrier: whatever the steps do outside of their databases and the
 * broker, they do here. A call is in the log before it is answered; a key that comes again gets the same answer, and
 * does nothing.
 */
export function createWorld(logFile: string): Server {
  const answers = new Map<string, object>();
  appendFileSync(logFile, '');
  const answer = ({ deed, answer }: Deeds, body: Body, key: string): object => {
    const known = answers.get(`${deed} ${key}`);
    const done = known === undefined ? answer(body, key) : { answer: known };
    answers.set(`${deed} ${key}`, done.answer);
    const { orderId } = body;
    const repeated = known !== undefined;
    const call: Call = { at: Date.now(), deed, key, orderId, ...effectOf(done), repeated };
    appendFileSync(logFile, `${JSON.stringify(call)}\n`);
    return done.answer;
  };
  return createServer((request, response) => {
    const service = SERVICES[request.url ?? ''];
    const key = request.headers['idempotency-key'];
    void bodyOf(request).then((body) => {
      if (service === undefined || typeof key !== 'string' || body === undefined) {
        response.writeHead(400).end();
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(service, body, key)));
    });
  });
}

function effectOf({ effect }: { readonly effect?: string }): Pick<Call, 'effect'> {
  return effect === undefined ? {} : { effect };
}

/** Undefined when it names no order. */
async function bodyOf(request: IncomingMessage): Promise<Body | undefined> {
  const body = (await json(request).catch(() => undefined)) as Body | undefined;
  return typeof body?.orderId === 'string' ? body : undefined;
}
