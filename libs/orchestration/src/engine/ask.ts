/** How long an answer is waited for, the reading of it included. */
const TIMEOUT_MS = 2_000;
const LARGEST_ANSWER = 1024 * 1024;

/** Somebody was asked and gave no answer that can be used; the message says why, as the end of a sentence. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Asks for JSON, which is so small and comes so soon that nobody waits for long or runs out of memory.
 * @returns undefined when nothing is known there: 404
 * @throws NoAnswer
 */
export async function ask(url: string): Promise<unknown> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal });
    if (response.status === 404) return void (await response.body?.cancel());
    if (response.ok) return JSON.parse(await textOf(response));
    await response.body?.cancel();
    throw new NoAnswer(`answered ${response.status}`);
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(reasonOf(error), { cause: error });
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new NoAnswer('answered with more than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'answered with what is no JSON';
  if (error instanceof Error && error.name === 'TimeoutError')
    return `did not answer within ${TIMEOUT_MS / 1_000} s`;
  return 'cannot be reached';
}
