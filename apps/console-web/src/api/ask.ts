import type { Problem } from './answers.ts';

/** Why there is no answer. */
export class Trouble extends Error {
  constructor(
    /**
     * `unknown`: there is no such thing. `wrong`: nobody can be asked so. `not-yet`: the console says that it cannot
     * answer now. `away`: nobody answers who could.
     */
    readonly kind: 'unknown' | 'wrong' | 'not-yet' | 'away',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const LONGEST_MS = 20_000;

/**
 * Asks the console that the page is from.
 * @throws Trouble
 */
export async function ask<A>(path: string, signal: AbortSignal): Promise<A> {
  const { ok, status, body } = await fetched(path, signal).catch((cause: unknown) => {
    if (cause instanceof Trouble) throw cause;
    throw new Trouble('away', 'The console does not answer.', { cause });
  });
  if (ok) return body as A;
  const { detail = `The console answers with status ${status}.` } = body as Partial<Problem>;
  throw new Trouble(kindOf(status), detail);
}

async function fetched(path: string, signal: AbortSignal) {
  const within = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  const response = await fetch(path, { signal: within, cache: 'no-store' });
  const { ok, status, headers } = response;
  // A proxy before the console has pages of its own.
  if (!/[/+]json\b/.test(headers.get('content-type') ?? ''))
    throw new Trouble('away', `What answers in place of the console is no JSON, with status ${status}.`);
  return { ok, status, body: (await response.json()) as unknown };
}

function kindOf(status: number): Trouble['kind'] {
  if (status === 404) return 'unknown';
  return status < 500 ? 'wrong' : 'not-yet';
}
