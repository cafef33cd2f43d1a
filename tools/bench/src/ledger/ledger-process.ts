import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../errors.ts';

/** What the ledger's process is asked for. */
export type Ask =
  | { readonly what: 'usage' | 'close' }
  /** Answered when everything that was stored before (ms since the epoch) is indexed. */
  | { readonly what: 'caughtUp'; readonly since: number }
  | { readonly what: 'lookUp'; readonly keys: readonly string[] }
  | { readonly what: 'follow'; readonly id: string; readonly storedAt: number };

export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
  /** Only to who asked for it, or waited until everything was indexed: to look costs too. */
  readonly usage?: Usage;
}

/** What the process has used by now: CPU time in µs, and resident memory in bytes. */
export interface Usage {
  readonly cpuMicros: number;
  readonly rss: number;
}

/** What `where` said to a list of keys, and how long each answer took, in ms. */
export interface Lookups {
  readonly took: readonly number[];
  readonly sentences: readonly string[];
  /** Ids of messages that a first step emitted. */
  readonly messageIds: readonly string[];
}

/** Does something beside a ledger, which ends with it. */
export type Beside = <T>(what: (ledger: LedgerProcess) => Promise<T>) => Promise<T>;

/** What the calling process has used by now. */
export function usageNow(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, rss: process.memoryUsage.rss() };
}

/** A ledger in a process of its own; or a watcher, that is sent the same and keeps nothing. */
export class LedgerProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #last = 0;

  private constructor(file: string, args: readonly string[]) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      stdio: ['ignore', 2, 2, 'ipc'], // what it logs must not stand in the report
    });
    this.#child.on('message', (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    this.#child.on('exit', (code) => {
      for (const [id, resolve] of this.#waiting) resolve({ id, error: `it ended early (${code})` });
    });
  }

  static ledger(url: string, store: string): LedgerProcess {
    return new LedgerProcess('./worker.js', [url, store]);
  }

  /** Only asked until when it has taken everything, and to close. */
  static watcher(url: string): LedgerProcess {
    return new LedgerProcess('./watcher.js', [url]);
  }

  async usage(): Promise<Usage> {
    return usageOf(await this.#ask({ what: 'usage' }));
  }

  /** Resolves when everything that is stored now is indexed, to what the process had used by then. */
  async caughtUp(): Promise<Usage> {
    return usageOf(await this.#ask({ what: 'caughtUp', since: Date.now() }));
  }

  async lookUp(keys: readonly string[]): Promise<Lookups> {
    return (await this.#ask({ what: 'lookUp', keys })).value as Lookups;
  }

  /** How long after its PubAck (ms since the epoch) a message can be asked for, in ms. */
  async follow(id: string, storedAt: number): Promise<number> {
    return (await this.#ask({ what: 'follow', id, storedAt })).value as number;
  }

  /** Closes the ledger and ends its process. */
  async close(): Promise<void> {
    await this.#ask({ what: 'close' });
    await this.end();
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    if (!this.#child.connected) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  async #ask(ask: Ask): Promise<Reply> {
    const id = ++this.#last;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ id, ask });
    });
    if (reply.error !== undefined) throw new BenchError(`The ledger could not answer: ${reply.error}.`);
    return reply;
  }
}

function usageOf({ usage }: Reply): Usage {
  if (usage === undefined) throw new BenchError('The ledger did not say what it has used.');
  return usage;
}
