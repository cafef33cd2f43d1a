import { createInterface } from 'node:readline/promises';

/** What a command writes to and asks: results on the standard output, everything else on the standard error. */
export interface Terminal {
  /** One line of the result. */
  out(line: string): void;
  /** One line about the work. */
  say(line: string): void;
  /** How far the work is; written over itself in a terminal, now and then elsewhere. */
  progress(line: string): void;
  /** Asks a person; undefined when there is none. */
  ask(question: string): Promise<string | undefined>;
  /** Shows these lines in place of all that is on the screen. False, and nothing shown, when there is no screen. */
  draw(lines: readonly string[]): boolean;
}

const EVERY_MS = 5_000;

/** The terminal of this process. */
export class ProcessTerminal implements Terminal {
  #isOpen = false;
  #saidAt = Number.NEGATIVE_INFINITY;

  out(line: string): void {
    this.#close();
    process.stdout.write(`${line}\n`);
  }

  say(line: string): void {
    this.#close();
    process.stderr.write(`${line}\n`);
  }

  progress(line: string): void {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2K${line}`);
      this.#isOpen = true;
    } else if (performance.now() - this.#saidAt > EVERY_MS) {
      this.#saidAt = performance.now();
      process.stderr.write(`${line}\n`);
    }
  }

  async ask(question: string): Promise<string | undefined> {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const interrupted = new AbortController();
    lines.once('SIGINT', () => interrupted.abort()); // the terminal hands it to the question, not to the process
    try {
      return await lines.question(question, { signal: interrupted.signal }).catch(() => 'no');
    } finally {
      lines.close();
    }
  }

  /** What does not fit is left out: a screen that scrolls cannot be read. */
  draw(lines: readonly string[]): boolean {
    const { isTTY, rows, columns } = process.stdout;
    if (!isTTY) return false;
    // A terminal that does not know its size says 0.
    const shown = lines.slice(0, (rows || 24) - 1).map((line) => line.slice(0, columns || 80));
    process.stdout.write(`\u001b[H\u001b[2J${shown.join('\n')}\n`);
    return true;
  }

  #close(): void {
    if (this.#isOpen) process.stderr.write('\n');
    this.#isOpen = false;
  }
}
