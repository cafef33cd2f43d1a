import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** What is needed of Fastify's reply. */
export interface WaitingReply {
  readonly raw: { once(event: 'close', listener: () => void): unknown };
}

/** Requests that may wait at once, in one instance of the app. */
export const MOST_WAITING = 1_000;

/** The requests that wait for a change: how many there are is bounded, and none holds up the end of the app. */
@Injectable()
export class Waiting implements OnModuleInit {
  readonly #open = new Set<AbortController>();

  constructor(private readonly adapter: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.adapter.httpAdapter?.getInstance<Closing>();
    server?.addHook?.('preClose', async () => this.#end());
  }

  /** How many wait now. */
  get count(): number {
    return this.#open.size;
  }

  get isFull(): boolean {
    return this.#open.size >= MOST_WAITING;
  }

  /** Aborted when the reply is sent or its client is gone, when so many ms are over, and when the app ends. */
  until({ raw }: WaitingReply, ms?: number): AbortSignal {
    const end = new AbortController();
    const timer = ms === undefined ? undefined : setTimeout(() => end.abort(), ms);
    this.#open.add(end);
    raw.once('close', () => {
      clearTimeout(timer);
      this.#open.delete(end);
      end.abort();
    });
    return end.signal;
  }

  #end(): void {
    for (const end of this.#open) end.abort();
  }
}

/** What is needed of Fastify. */
interface Closing {
  addHook?(name: 'preClose', hook: () => Promise<void>): unknown;
}
