import { describe, expect, it, vi } from 'vitest';
import { ask } from './ask.ts';
import { say, site } from './console.spec.support.ts';

vi.setConfig({ testTimeout: 30_000 });

describe('an answer', () => {
  it('is its JSON, and nothing where nothing is known', async () => {
    const { url } = await site(({ pathname }, response) =>
      pathname === '/known' ? say(response, { a: 1 }) : say(response, {}, 404),
    );
    expect(await ask(`${url}/known`)).toEqual({ a: 1 });
    expect(await ask(`${url}/unknown`)).toBeUndefined();
  });

  it.each([
    ['does not come', () => {}, 'did not answer within 2 s'],
    ['does not end', (response) => response.writeHead(200).write('{'), 'did not answer within 2 s'],
    ['is an error', (response) => say(response, {}, 503), 'answered 503'],
    ['leads elsewhere', (response) => response.writeHead(302, { location: '/' }).end(), 'cannot be reached'],
    ['is no JSON', (response) => response.end('<html>'), 'answered with what is no JSON'],
    ['is large', (response) => response.end(`"${'x'.repeat(1024 * 1024)}"`), 'answered with more than 1 MiB'],
  ] satisfies [string, (response: Parameters<typeof say>[0]) => unknown, string][])(
    'is none when it %s',
    async (_, answer, reason) => {
      const { url } = await site((_, response) => void answer(response));
      await expect(ask(url)).rejects.toThrow(reason);
    },
  );

  it('is none when nobody can be asked', async () => {
    await expect(ask('http://127.0.0.1:1/')).rejects.toThrow('cannot be reached');
    await expect(ask('nowhere')).rejects.toThrow('cannot be reached');
  });
});
