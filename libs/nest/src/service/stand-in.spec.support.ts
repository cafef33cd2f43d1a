import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One call that a stand-in got. */
export interface Call {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly contentType: string | undefined;
  readonly key: string | string[] | undefined;
  readonly body: unknown;
}

export interface StandIn {
  readonly url: string;
  readonly calls: readonly Call[];
  /** From then on nobody listens there. May be called twice. */
  stop(): Promise<void>;
}

/** Stands in for a service, on loopback, until the test ends. */
export async function standIn(answer: (response: ServerResponse, call: Call) => void): Promise<StandIn> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void callOf(request).then((call) => {
      calls.push(call);
      answer(response, call);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${port}`, calls, stop };
}

async function callOf(request: IncomingMessage): Promise<Call> {
  const { method, url: path, headers } = request;
  const chunks = await request.toArray();
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
  return { method, path, contentType: headers['content-type'], key: headers['idempotency-key'], body };
}
