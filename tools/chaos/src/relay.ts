import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const HOST = '127.0.0.1';

/** A way to a server of this machine that can be cut, as a network does it: what is under way is lost, and nobody is told. */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      this.#keep(near);
      if (this.#isCut) return;
      const far = this.#keep(connect(target, HOST));
      near.pipe(far).pipe(near);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
    });
  }

  /** @param target port of the server */
  static async to(target: number): Promise<Relay> {
    const relay = new Relay(target);
    relay.#server.listen(0, HOST);
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Swallows whatever is sent for a while, leaves who connects without an answer, and then drops every connection. */
  async cut(lastsMs: number): Promise<void> {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.unpipe().resume();
    await delay(lastsMs);
    this.#isCut = false;
    this.#drop();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#drop();
    await once(this.#server, 'close');
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => undefined); // its end follows
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
