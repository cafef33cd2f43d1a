/** What a service answered, as far as it is read. */
export interface Answer {
  readonly status: number;
  readonly isSuccess: boolean;
  /** The header, as it came. */
  readonly retryAfter: string | null;
  readonly text: string;
  /** False when there was more than is read. */
  readonly isWhole: boolean;
}

const LARGEST_ANSWER = 1024 * 1024;
/** What a person gets to see of a failure. */
const LARGEST_REASON = 1024;

/** Posts JSON and reads the answer, so much of it that no service fills the memory. */
export async function post(
  url: string,
  body: object,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify(body),
    redirect: 'manual', // a followed one may become a GET
    signal,
  });
  const { status, ok: isSuccess, headers } = response;
  const read = await readText(response, isSuccess ? LARGEST_ANSWER : LARGEST_REASON);
  return { status, isSuccess, retryAfter: headers.get('retry-after'), ...read };
}

async function readText(response: Response, most: number): Promise<Pick<Answer, 'text' | 'isWhole'>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > most) break;
  }
  const text = Buffer.concat(chunks).subarray(0, most).toString('utf8');
  return { text, isWhole: size <= most };
}
