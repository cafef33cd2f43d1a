import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a server that can be cut, and mended. It ends with the test. */
export class Relay {
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(readonly url: string) {}

  static async to(target: string): Promise<Relay> {
    const { hostname, port } = new URL(target);
    const server = createServer((client) => relay.#join(client, connect(Number(port), hostname)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const relay = new Relay(`nats://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      relay.cut();
      server.close();
    });
    return relay;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  #join(...ends: readonly [Socket, Socket]): void {
    for (const [i, end] of ends.entries()) {
      const other = ends[1 - i];
      this.#sockets.add(end);
      end.on('error', () => {}); // it closes
      end.on('close', () => {
        this.#sockets.delete(end);
        other?.destroy();
      });
      if (other !== undefined) end.pipe(other);
      if (this.#isCut) end.destroy();
    }
  }
}
