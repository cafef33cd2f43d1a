import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that a stand-in got. */
export interface ServiceRequest {
  /** Below the stand-in's address: `/refunds`. */
  readonly path: string;
  /** Its `Idempotency-Key`. */
  readonly key: string | undefined;
  /** Its body, which is JSON. */
  readonly body: unknown;
}

/** What a stand-in answers. */
export interface ServiceResponse {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Default `{}`. */
  readonly body?: unknown;
}

/** Stands in for a service that steps call over HTTP. */
export interface TestService {
  readonly url: string;
  /** All calls, in the order in which they came. */
  readonly requests: readonly ServiceRequest[];
  /** From then on nobody listens there. */
  stop(): Promise<void>;
}

/**
 * A stand-in on a free port of 127.0.0.1, which answers each call as `answer` says. A call whose body is no JSON gets no
 * answer.
 */
export async function startService(
  answer: (request: ServiceRequest) => ServiceResponse,
): Promise<TestService> {
  const requests: ServiceRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const answered = requestOf(incoming).then((request) => {
      requests.push(request);
      const { status = 200, headers, body = {} } = answer(request);
      outgoing
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    });
    answered.catch((error: Error) => outgoing.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function requestOf(incoming: IncomingMessage): Promise<ServiceRequest> {
  const text = Buffer.concat(await incoming.toArray()).toString();
  const key = incoming.headers['idempotency-key'];
  return { path: incoming.url ?? '', key: typeof key === 'string' ? key : undefined, body: JSON.parse(text) };
}
