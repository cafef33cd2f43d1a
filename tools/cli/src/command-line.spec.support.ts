import type { Terminal } from './terminal.ts';
import { troupe } from './troupe.ts';

/** How a command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `troupe …` to its end in this process, with these environment variables and nobody at the terminal. */
export async function troupeHere(variables: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  const terminal = new Transcript();
  const { signal } = new AbortController();
  const code = await troupe(args, { terminal, signal, variables });
  return { code, out: terminal.result, err: terminal.rest };
}

/** What is written where no person is: as a process writes it into a pipe, but for how far the work is. */
class Transcript implements Terminal {
  result = '';
  rest = '';

  out(line: string): void {
    this.result += `${line}\n`;
  }

  say(line: string): void {
    this.rest += `${line}\n`;
  }

  progress(): void {}

  async ask(): Promise<undefined> {}

  draw(): boolean {
    return false;
  }
}
