import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { OrderRefusedError } from './errors.ts';
import type { FulfilmentSample } from './samples.ts';
import { submit } from './submission.ts';
import type { SampleFlow } from './summary.ts';

/** A fulfilment that was asked for. */
export interface RequestedFulfilment extends SampleFlow {
  /** Where it says how far it is. */
  readonly url: string;
}

/** What is read of a master status. */
export interface FulfilmentStatus {
  /** `running`, `completed` and the like. */
  readonly status: string;
  /** Where its machine is: `picking`. */
  readonly state: unknown;
  readonly progress: { readonly done: number; readonly total: number };
  readonly endedAt?: string;
}

/**
 * Asks for the fulfilment of a sample order; its id makes it one, however often the request arrives.
 * @throws OrderRefusedError when the answer is not 202 with a `Location`
 */
export async function requestFulfilment(
  app: string,
  sample: FulfilmentSample,
  stop: AbortSignal,
): Promise<RequestedFulfilment> {
  const { title, fulfilment } = sample;
  const fulfilmentId = randomUUID();
  const orderId = randomUUID();
  const body = { fulfilmentId, orderId, ...fulfilment };
  const { location } = await submit({ app: 'fulfilment', url: `${app}/fulfilments`, title, body }, stop);
  if (location === undefined)
    throw new OrderRefusedError('fulfilment', title, 202, 'it answered 202 without a Location.');
  return { sample, orderId, flowId: fulfilmentId, url: location };
}

/**
 * How long the app holds an answer back while nothing changes. Short, since a request is never given up for `stop`: `fetch`
 * would connect anew for it, and a connection without a request holds up the app's end.
 */
const WAIT_SECONDS = 2;
const TIMEOUT = 20_000;
/** After an answer that says nothing. */
const PAUSE = 250;

/**
 * Polls until the fulfilment ended or `stop` is aborted, and tells each status that differs from the one before. An
 * app that is away is asked again.
 */
export async function followFulfilment(
  url: string,
  onStatus: (status: FulfilmentStatus) => void,
  stop: AbortSignal,
): Promise<void> {
  let known: string | undefined;
  while (!stop.aborted) {
    const answer = await ask(url, known).catch(() => undefined);
    if (answer?.status === undefined) {
      if (answer === undefined) await delay(PAUSE, undefined, { signal: stop }).catch(() => {});
      continue;
    }
    known = answer.etag;
    onStatus(answer.status);
    if (answer.status.endedAt !== undefined) return;
  }
}

/** The status is undefined when it is still the known one. */
async function ask(
  url: string,
  known: string | undefined,
): Promise<{ etag?: string; status?: FulfilmentStatus }> {
  const waiting = known === undefined ? '' : `?wait=${WAIT_SECONDS}s`;
  const response = await fetch(`${url}${waiting}`, {
    headers: known === undefined ? {} : { 'if-none-match': known },
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (response.status === 304) return {};
  const body: unknown = await response.json();
  const etag = response.headers.get('etag');
  if (!response.ok || !isStatus(body)) throw new Error(`${url} answered ${response.status}`);
  return { ...(etag !== null && { etag }), status: body };
}

function isStatus(body: unknown): body is FulfilmentStatus {
  const { status, progress } = (body ?? {}) as Partial<FulfilmentStatus>;
  return (
    typeof status === 'string' && typeof progress?.done === 'number' && typeof progress.total === 'number'
  );
}
