import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { type Asked, ProblemException } from '@troupe/nest';
import type { Orchestrations } from '../orchestrations.ts';
import type { Found } from '../status/records.ts';
import { Bodies, type Sites, type StatusBody } from './body.ts';
import { isKnown, knownTags } from './conditional.ts';
import { type Face, pathOf } from './face.ts';
import { waitOf } from './query.ts';
import { statusEvents } from './stream.ts';
import { MOST_WAITING, type Waiting, type WaitingReply } from './waiting.ts';

/** What is needed of Fastify's reply. */
export interface Reply extends WaitingReply {
  header(name: string, value: string): Reply;
  status(code: number): Reply;
}

export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** A request for a master status. */
export interface StatusRequest {
  readonly asked: Asked;
  readonly headers: RequestHeaders;
  readonly reply: Reply;
}

/** Seconds until it is worth asking again: work goes on by itself, and what is suspended waits for a person. */
const SOON_S = 1;
const SUSPENDED_S = 30;

/** Answers with the master status of an instance: at once, when it changes, or as it changes. */
export class Replies {
  readonly #bodies: Bodies;

  constructor(
    private readonly face: Face,
    sites: Sites,
    private readonly waiting: Waiting,
  ) {
    this.#bodies = new Bodies(face, sites);
  }

  /** What was asked is taken, and where to see what becomes of it. */
  taken(orchestrations: Orchestrations, found: Found, reply: Reply): Promise<StatusBody> {
    reply.header('location', pathOf(this.face, found.record.id));
    return this.#whole(orchestrations, this.#tagged(found, reply));
  }

  /**
   * @throws InstanceNotFoundError
   * @throws ProblemException 400 for a wait that is none, 503 when too many streams are open
   */
  async status(orchestrations: Orchestrations, id: string, request: StatusRequest) {
    const { asked, headers, reply } = request;
    const ms = waitOf(asked);
    const now = await orchestrations.find(this.face.name, id);
    if (/\btext\/event-stream\b/.test(headers.accept ?? ''))
      return this.#stream(orchestrations, now, headers['last-event-id'], reply);
    const known = knownTags(headers['if-none-match']);
    const found = ms === undefined ? now : await this.#waited(orchestrations, now, known, reply, ms);
    this.#tagged(found, reply);
    if (!isKnown(known, found.etag)) return this.#whole(orchestrations, found);
    reply.status(304);
    return undefined;
  }

  /** Until it differs from what is known; when nothing is, until it is over. Too many that wait are answered at once. */
  async #waited(
    orchestrations: Orchestrations,
    now: Found,
    known: readonly string[],
    reply: Reply,
    ms: number,
  ): Promise<Found> {
    const isEnough = ({ isOver, etag }: Found): boolean =>
      isOver || (known.length > 0 && !isKnown(known, etag));
    if (isEnough(now) || this.waiting.isFull) return now;
    let last = now;
    const signal = this.waiting.until(reply, ms);
    for await (const found of orchestrations.follow(this.face.name, now.record.id, signal)) {
      last = found;
      if (isEnough(found)) break;
    }
    return last;
  }

  /** Who has seen the end is told not to come again: 204. */
  #stream(orchestrations: Orchestrations, now: Found, seen: string | undefined, reply: Reply) {
    if (now.isOver && seen === now.etag) {
      reply.status(204);
      return undefined;
    }
    if (this.waiting.isFull)
      throw new ProblemException(503, `${MOST_WAITING} requests wait already; poll, or try again later.`);
    const signal = this.waiting.until(reply);
    const changes = orchestrations.follow(this.face.name, now.record.id, signal);
    const whole = (found: Found) => this.#whole(orchestrations, found);
    reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no');
    return new StreamableFile(Readable.from(statusEvents(changes, whole, seen, signal)), {
      type: 'text/event-stream',
    });
  }

  #tagged(found: Found, reply: Reply): Found {
    reply.header('etag', found.etag).header('cache-control', 'no-cache');
    const seconds = found.record.status === 'suspended' ? SUSPENDED_S : SOON_S;
    if (!found.isOver) reply.header('retry-after', String(seconds));
    return found;
  }

  async #whole(orchestrations: Orchestrations, found: Found): Promise<StatusBody> {
    return this.#bodies.status(found, await orchestrations.records.shownBranches(found));
  }
}
