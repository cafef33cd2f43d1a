import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Flow, MessageNode, TailEntry, TailFilter } from '@troupe/ledger';
import { ProblemException } from '@troupe/nest';
import { LedgerHost } from '../ledger-host.ts';
import { TraceLinks } from '../trace-links.ts';
import { summaryOf } from './summary.ts';

/** Which changes are shown. */
export interface ViewFilter extends Pick<TailFilter, 'state' | 'type'> {
  /** Flows in which this step, `<app>__<step>`, has or had work. */
  readonly step?: string | undefined;
}

const MOST = 100;
const BEAT_MS = 5_000;

/**
 * Flows as they change, as server-sent events (WHATWG HTML): `flow` for each change, `freshness` at the beginning and
 * every 5 s in which nothing changes. Memory is bounded: who reads too slowly misses changes, and is told how many.
 */
@Injectable()
export class LiveView implements OnModuleInit {
  readonly #open = new Set<AbortController>();

  constructor(
    private readonly host: LedgerHost,
    private readonly adapter: HttpAdapterHost,
    private readonly traces: TraceLinks,
  ) {}

  /** A view never ends by itself, and would hold up the end of the app. */
  onModuleInit(): void {
    const server = this.adapter.httpAdapter?.getInstance<Closing>();
    server?.addHook('preClose', async () => this.#end());
  }

  /**
   * Shown until `gone` is aborted: a stream that waits for its next event learns of its reader's end only afterwards.
   * @throws ProblemException 503 when 100 views are open, BrokerUnavailableError while the ledger is not
   */
  view(filter: ViewFilter, gone: AbortSignal): Readable {
    if (this.#open.size >= MOST)
      throw new ProblemException(503, `${MOST} live views are open already; close one, or try again later.`);
    const { ledger } = this.host;
    const end = new AbortController();
    const { state, type, step } = filter;
    const tail = ledger.tail({
      ...(state !== undefined && { state }),
      ...(type !== undefined && { type }),
      signal: end.signal,
    });
    const shown = (flow: Flow) => this.traces.of(summaryOf(flow));
    const stream = Readable.from(events(tail, step, shown, () => ledger.freshness(), end.signal));
    this.#open.add(end);
    gone.addEventListener('abort', () => {
      this.#open.delete(end);
      end.abort();
    });
    return stream;
  }

  #end(): void {
    for (const end of this.#open) end.abort();
  }
}

/** What is needed of Fastify. */
interface Closing {
  addHook(name: 'preClose', hook: () => Promise<void>): unknown;
}

async function* events(
  tail: AsyncGenerator<TailEntry>,
  step: string | undefined,
  shown: (flow: Flow) => object,
  freshness: () => object,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let missed = 0;
  let next = tail.next(); // from here on nothing is left out
  yield eventOf('freshness', freshness());
  while (!signal.aborted) {
    const entry = await withinBeat(next, signal);
    if (entry === undefined) {
      yield eventOf('freshness', freshness());
      continue;
    }
    if (entry.done) return;
    const { flow } = entry.value;
    missed += entry.value.missed;
    next = tail.next();
    if (step !== undefined && !hasStep(flow, step)) continue;
    yield eventOf('flow', { flow: shown(flow), missed, ...freshness() });
    missed = 0;
  }
}

/** Undefined when nothing comes within 5 s. */
async function withinBeat<T>(next: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const came = new AbortController();
  const beat = delay(BEAT_MS, undefined, { signal: AbortSignal.any([came.signal, signal]) });
  try {
    return await Promise.race([next, beat.catch(() => undefined)]);
  } finally {
    came.abort();
  }
}

/** JSON has no line breaks, so that one line holds it. */
function eventOf(name: string, content: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(content)}\n\n`;
}

function hasStep({ roots }: Flow, step: string): boolean {
  const isIn = ({ steps, next }: MessageNode): boolean =>
    steps.some((one) => one.step === step || one.emitted.some(isIn)) || next.some(isIn);
  return roots.some(isIn);
}
