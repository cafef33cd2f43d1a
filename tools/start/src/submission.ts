import { OrderRefusedError } from './errors.ts';
import { persist } from './persist.ts';

/** What is sent to an app, which takes it with 202. */
export interface Submission {
  readonly app: string;
  readonly url: string;
  /** Of the sample. */
  readonly title: string;
  readonly body: object;
  /** Makes it one, however often it arrives. Default: something in the body does. */
  readonly key?: string;
}

/** How it was taken. */
export interface Taken {
  readonly text: string;
  /** What `Location` says, as a full URL. */
  readonly location: string | undefined;
}

/** An app's word for "later". */
const UNAVAILABLE = 503;
const TIMEOUT = 10_000;

/**
 * Sends a sample to an app, and again while there is no answer or 503.
 * @throws OrderRefusedError when the answer is not 202
 */
export async function submit(submission: Submission, stop: AbortSignal): Promise<Taken> {
  return persist(
    () => send(submission),
    stop,
    (error) =>
      error instanceof OrderRefusedError && error.status !== undefined && error.status !== UNAVAILABLE,
  );
}

async function send({ app, url, title, body, key }: Submission): Promise<Taken> {
  const { response, text } = await post(url, body, key).catch((error: unknown) => {
    throw new OrderRefusedError(app, title, undefined, `it did not answer (${String(error)}).`);
  });
  const { status } = response;
  if (status !== 202) throw new OrderRefusedError(app, title, status, `it answered ${status} ${text}`);
  const location = response.headers.get('location');
  return { text, location: location === null ? undefined : new URL(location, url).href };
}

async function post(
  url: string,
  body: object,
  key: string | undefined,
): Promise<{ response: Response; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT),
  });
  return { response, text: await response.text() };
}
