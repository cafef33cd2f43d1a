import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Options } from '../command.ts';
import { ConsoleUnavailableError, UsageError } from '../errors.ts';

/** Option of every command that asks the console. */
export const CONSOLE = {
  console: {
    type: 'string',
    value: '<address>',
    about: 'the console (default TROUPE_CONSOLE_URL, else http://127.0.0.1:3005)',
  },
} as const satisfies Options;

const DEFAULT = 'http://127.0.0.1:3005';
const ANSWER_MS = 30_000;
/** Without a sign of life for so long a live view is dead: the console gives one every 5 s. */
const SILENCE_MS = 20_000;
/** Of a single event: far more than the largest flow takes. */
const LARGEST_EVENT = 64 * 1024 * 1024;

/** What is asked for; undefined is left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Nothing is there (404). */
export interface Missing {
  /** What was searched. */
  readonly missing: string;
}

/** One server-sent event. */
export interface ConsoleEvent {
  readonly name: string;
  readonly content: unknown;
}

/** The console's API. */
export class Console {
  readonly #url: URL;

  /** @throws UsageError for what is no address */
  constructor(address: string | undefined, variables: NodeJS.ProcessEnv) {
    const text = address ?? (variables.TROUPE_CONSOLE_URL || DEFAULT);
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol))
      throw new UsageError(`The console is at an address such as ${DEFAULT}, not at ${text}.`);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    this.#url = url;
  }

  /** @throws ConsoleUnavailableError, and UsageError when the console says that the question is wrong */
  async ask<T extends object>(path: readonly string[], query: Query = {}): Promise<T> {
    const answer = await this.find<T>(path, query);
    if ('missing' in answer) throw this.#unavailable(`answered 404: ${answer.missing}`);
    return answer;
  }

  /**
   * As `ask`, for what may not be there: then the answer is a sentence.
   * @throws ConsoleUnavailableError, and UsageError when the console says that the question is wrong
   */
  async find<T extends object>(path: readonly string[], query: Query = {}): Promise<T | Missing> {
    const response = await this.#fetch(path, query, AbortSignal.timeout(ANSWER_MS));
    if (response.status === 404) return { missing: await detailOf(response) };
    await this.#assertOk(response);
    const answer: unknown = await response.json().catch(() => undefined);
    if (typeof answer !== 'object' || answer === null)
      throw this.#unavailable('answered with what is no JSON object.');
    return answer as T;
  }

  /**
   * Events until `signal` is aborted.
   * @throws ConsoleUnavailableError also when the console ends it, or says nothing for 20 s
   */
  async *events(path: readonly string[], query: Query, signal: AbortSignal): AsyncGenerator<ConsoleEvent> {
    const silence = new AbortController();
    const silent = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await this.#fetch(path, query, AbortSignal.any([signal, silence.signal]));
      await this.#assertOk(response);
      const events = (response.body ?? new ReadableStream<Uint8Array>())
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream({ maxBufferSize: LARGEST_EVENT }));
      for await (const { event, data } of events) {
        silent.refresh();
        yield { name: event ?? 'message', content: JSON.parse(data) };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ConsoleUnavailableError || error instanceof UsageError) throw error;
      throw this.#unavailable('does not go on.', error);
    } finally {
      clearTimeout(silent);
    }
    throw this.#unavailable('ended the view.');
  }

  async #fetch(path: readonly string[], query: Query, signal: AbortSignal): Promise<Response> {
    const url = new URL(path.map(encodeURIComponent).join('/'), this.#url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    try {
      return await fetch(url, { signal });
    } catch (cause) {
      throw this.#unavailable('does not answer.', cause);
    }
  }

  async #assertOk(response: Response): Promise<void> {
    if (response.ok) return;
    const detail = await detailOf(response);
    if (response.status === 400) throw new UsageError(detail);
    throw this.#unavailable(`answered ${response.status}: ${detail}`);
  }

  #unavailable(reason: string, cause?: unknown): ConsoleUnavailableError {
    return new ConsoleUnavailableError(this.#url.origin, reason, cause);
  }
}

/** What problem details say; whatever else answers, its status. */
async function detailOf(response: Response): Promise<string> {
  try {
    const { detail } = (await response.json()) as { detail?: unknown };
    if (typeof detail === 'string') return detail;
  } catch {
    // it is no console
  }
  return response.statusText || `status ${response.status}`;
}
