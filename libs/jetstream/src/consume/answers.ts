import type { NatsConnection } from '@nats-io/transport-node';

type Answer = Uint8Array | string;

/**
 * The way back to the broker. What the connection cannot carry now is kept for the next one, because the client drops
 * what it is given while it is away: a lost answer costs an ack wait and a second run of the handler. What is kept is
 * bounded by what is held: while the broker is away it delivers nothing.
 */
export class Answers {
  #late: [reply: string, answer: Answer][] = [];

  constructor(
    private readonly client: NatsConnection,
    private readonly isConnected: () => boolean,
  ) {}

  send(reply: string, answer: Answer): void {
    if (this.isConnected()) this.client.publish(reply, answer);
    else this.#late.push([reply, answer]);
  }

  /** Sends what was kept; to be called when the connection is back. */
  resend(): void {
    const late = this.#late;
    this.#late = [];
    for (const [reply, answer] of late) this.send(reply, answer);
  }
}
