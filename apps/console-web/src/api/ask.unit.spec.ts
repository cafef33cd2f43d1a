import { afterEach, expect, it, vi } from 'vitest';
import { ask, Trouble } from './ask.ts';

const never = new AbortController().signal;

afterEach(() => void vi.unstubAllGlobals());

it('gives the answer', async () => {
  answering(() => Response.json({ sentence: 'Order o-1 is completed.' }));
  expect(await ask('/where/o-1', never)).toEqual({ sentence: 'Order o-1 is completed.' });
});

it.each([
  [404, 'unknown'],
  [400, 'wrong'],
  [503, 'not-yet'],
  [500, 'not-yet'],
])('tells the detail of a problem with status %d, which is %s', async (status, kind) => {
  const headers = { 'content-type': 'application/problem+json' };
  answering(() => new Response(JSON.stringify({ detail: 'It is so.' }), { status, headers }));
  expect(await troubleOf('/where/o-1')).toMatchObject({ kind, message: 'It is so.' });
});

it.each([
  ['cannot be reached', () => Promise.reject(new TypeError('fetch failed')), 'The console does not answer.'],
  ['is a proxy with a page of its own', () => new Response('<h1>Log in</h1>'), /no JSON, with status 200/],
  [
    'says no JSON',
    () => new Response('{', { headers: { 'content-type': 'application/json' } }),
    /not answer/,
  ],
])('says that the console is away when what answers %s', async (_what, answer, message) => {
  answering(answer);
  expect(await troubleOf('/flows')).toMatchObject({
    kind: 'away',
    message: message instanceof RegExp ? expect.stringMatching(message) : message,
  });
});

function answering(answer: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', async () => answer());
}

async function troubleOf(path: string): Promise<unknown> {
  const trouble = await ask(path, never).catch((error: unknown) => error);
  expect(trouble).toBeInstanceOf(Trouble);
  return trouble;
}
