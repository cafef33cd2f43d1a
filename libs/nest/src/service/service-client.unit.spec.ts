import { type ServerResponse } from 'node:http';
import { RetryAfter, TerminalError } from '@troupe/jetstream';
import { IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { ServiceAnswerError, ServiceRefusedError, ServiceUnavailableError } from '../errors.ts';
import { ServiceClient } from './service-client.ts';
import { standIn } from './stand-in.spec.support.ts';

class Receipt {
  @IsString()
  id!: string;
}

const call = { idempotencyKey: 'key-1', signal: new AbortController().signal };
const says =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(body);

describe('a call', () => {
  it('posts JSON with its key below the address of the service, and gives the answer', async () => {
    const service = await standIn(says(200, '{"id":"r-1","new":true}'));
    const client = new ServiceClient({ name: 'bank', url: `${service.url}/v1/` });
    const receipt = await client.post('/transfers', { amount: 5 }, call, Receipt);
    expect(receipt).toBeInstanceOf(Receipt);
    expect(receipt).toEqual({ id: 'r-1', new: true });
    expect(service.calls).toEqual([
      {
        method: 'POST',
        path: '/v1/transfers',
        contentType: 'application/json',
        key: 'key-1',
        body: { amount: 5 },
      },
    ]);
  });

  it('is done with any success when nothing is expected of the answer', async () => {
    const service = await standIn(says(204, ''));
    const client = new ServiceClient({ name: 'bank', url: service.url });
    expect(await client.post('/transfers', {}, call)).toBeUndefined();
  });
});

describe('a failed call', () => {
  const failure = async (answer: (response: ServerResponse) => void, options = {}): Promise<unknown> => {
    const { url } = await standIn(answer);
    return caught(new ServiceClient({ name: 'bank', url, ...options }).post('/transfers', {}, call, Receipt));
  };

  it.each([400, 401, 404, 422, 302, 304])('is never made again after %i', async (status) => {
    const error = await failure(says(status, 'x'.repeat(5_000), { location: '/elsewhere' }));
    expect(error).toBeInstanceOf(ServiceRefusedError);
    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({ code: 'TROUPE_SERVICE_REFUSED', service: 'bank', status });
    expect((error as ServiceRefusedError).answer.length).toBeLessThanOrEqual(1_024);
  });

  it('tells what the service said against it', async () => {
    expect(await failure(says(422, 'no such account'))).toMatchObject({
      message: expect.stringMatching(
        /^The bank at http:.*\/transfers refused with status 422: no such account$/,
      ),
    });
  });

  it.each([500, 502, 503, 504, 408, 409, 425, 429])('is made again after %i', async (status) => {
    const error = await failure(says(status, ''));
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(error).toMatchObject({ code: 'TROUPE_SERVICE_UNAVAILABLE', service: 'bank' });
    expect((error as Error).message).toMatch(new RegExp(`not available: status ${status}\\.$`));
  });

  it.each([429, 503])('is made again when the service asked for it with %i', async (status) => {
    const error = await failure(says(status, '', { 'retry-after': '3' }));
    expect(error).toBeInstanceOf(RetryAfter);
    expect(error).toMatchObject({ delayMs: 3_000, message: expect.stringContaining(`answered ${status}`) });
  });

  it('is made again when nobody listens, and says so', async () => {
    const { url, stop } = await standIn(() => {});
    await stop();
    const error = await caught(new ServiceClient({ name: 'bank', url }).post('/transfers', {}, call));
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(error).toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
      cause: expect.any(Error),
    });
  });

  it('is made again when the answer is cut short', async () => {
    const error = await failure((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"id":', () => response.destroy());
    });
    expect(error).toBeInstanceOf(ServiceUnavailableError);
  });

  it.each([
    ['before it answers', () => {}],
    ['while it answers', (response: ServerResponse) => void response.writeHead(200).write('{"id":')],
  ])('is made again when the service is silent %s', async (_when, answer) => {
    const error = await failure(answer, { timeoutMs: 50 });
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect((error as Error).message).toMatch(/not available: no answer within 50 ms\.$/);
  });

  it('is given up with the step', async () => {
    const step = new AbortController();
    const { url } = await standIn(() => step.abort(new Error('out of time')));
    const posted = new ServiceClient({ name: 'bank', url }).post('/', {}, { ...call, signal: step.signal });
    await expect(posted).rejects.toThrow('out of time');
  });

  it.each([
    ['no JSON', '<html>', 'is no JSON object'],
    ['nothing', '', 'is no JSON object'],
    ['a list', '[]', 'is no JSON object'],
    ['null', 'null', 'is no JSON object'],
    ['other fields than are expected', '{"id":5}', 'is no Receipt: /id id must be a string'],
    ['more than a mebibyte', `{"id":"${'x'.repeat(1024 * 1024)}"}`, 'is too large'],
  ])('has an error of its own for an answer with %s', async (_what, body, problem) => {
    const error = await failure(says(200, body));
    expect(error).toBeInstanceOf(ServiceAnswerError);
    expect(error).toMatchObject({ code: 'TROUPE_SERVICE_ANSWER', message: expect.stringContaining(problem) });
  });
});

async function caught(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}
