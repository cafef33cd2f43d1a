import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Console } from './console.ts';

const json = { 'content-type': 'application/json' };

async function consoleThat(answers: RequestListener): Promise<Console> {
  const server = createServer(answers).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new Console(`http://127.0.0.1:${port}/base`, {});
}

it('asks below the path of its address, and encodes what it asks for', async () => {
  const console = await consoleThat((request, response) =>
    response.writeHead(200, json).end(JSON.stringify({ url: request.url })),
  );
  expect(await console.ask(['where', 'a/b c'], { since: '1+1', type: undefined })).toEqual({
    url: '/base/where/a%2Fb%20c?since=1%2B1',
  });
});

it.each([
  ['the question is wrong', 400, '{"detail":"The limit is 500."}', 'The limit is 500.'],
  ['the ledger is not open', 503, '{"detail":"It waits."}', 'answered 503: It waits.'],
  ['it is something else', 404, '<html>', 'answered 404'],
  ['it answers no JSON', 200, 'hello', 'no JSON object'],
  ['it answers no object', 200, '17', 'no JSON object'],
])('says so when %s', async (_, status, body, message) => {
  const console = await consoleThat((_request, response) => response.writeHead(status, json).end(body));
  await expect(console.ask(['flows'])).rejects.toThrow(message);
});

it('gives the events of a view, and fails when the console ends it or sends what is none', async () => {
  const viewOf = async (text: string): Promise<unknown[]> => {
    const console = await consoleThat((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text),
    );
    const seen: unknown[] = [];
    try {
      for await (const event of console.events(['tail'], {}, new AbortController().signal)) seen.push(event);
    } catch (error) {
      seen.push((error as Error).message);
    }
    return seen;
  };
  expect(await viewOf('event: flow\ndata: {"a":1}\n\n: hello\n\nevent: flow\ndata: {"a":2}\n\n')).toEqual([
    { name: 'flow', content: { a: 1 } },
    { name: 'flow', content: { a: 2 } },
    expect.stringContaining('ended the view.'),
  ]);
  expect(await viewOf('event: flow\ndata: {\n\n')).toEqual([expect.stringContaining('does not go on.')]);
});

it('ends a view without a word when it is told to', async () => {
  const console = await consoleThat((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {}\n\n');
  });
  const stop = new AbortController();
  for await (const _ of console.events(['tail'], {}, stop.signal)) stop.abort();
  expect(stop.signal.aborted).toBe(true);
});
