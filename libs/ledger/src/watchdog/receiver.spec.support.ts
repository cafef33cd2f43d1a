import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';

/** Of 24 bytes. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** What a receiver was told. */
export interface ToldAlert {
  readonly type: string;
  readonly text: string;
  readonly timestamp: string;
  readonly data: {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly since: string;
    readonly endedAt?: string;
  };
}

export interface Delivered {
  readonly id: string;
  readonly status: number;
  readonly told: ToldAlert;
}

/** Takes webhooks on loopback until the test ends, and checks each signature as the library of others does. */
export class Receiver {
  /** Everything that came, refused or not. */
  readonly requests: Delivered[] = [];

  private constructor(
    readonly url: string,
    readonly secret: string,
  ) {}

  /** @param statusOf what it answers */
  static async start(statusOf: (told: ToldAlert) => number = () => 204): Promise<Receiver> {
    const server = createServer((request, response) => {
      void receiver.#take(request, statusOf).then((status) => response.writeHead(status).end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const receiver = new Receiver(`http://127.0.0.1:${port}/alerts`, SECRET);
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return receiver;
  }

  /** What it took, in order. */
  get taken(): readonly Delivered[] {
    return this.requests.filter(({ status }) => status < 300);
  }

  /** What it took of one kind of alert. */
  ofKind(kind: string): readonly Delivered[] {
    return this.taken.filter(({ told }) => told.data.kind === kind);
  }

  async #take(request: IncomingMessage, statusOf: (told: ToldAlert) => number): Promise<number> {
    const text = Buffer.concat(await request.toArray()).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const told = new Webhook(SECRET).verify(text, headers) as ToldAlert;
    const status = statusOf(told);
    this.requests.push({ id: headers['webhook-id'] ?? '', status, told });
    return status;
  }
}
