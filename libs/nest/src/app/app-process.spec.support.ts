import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../until.spec.support.ts';

const workspace = join(import.meta.dirname, '../../../..');
const library = join(workspace, 'libs/nest');
/** What V8 made of the modules: the next process compiles nothing again. */
const NODE_COMPILE_CACHE = join(workspace, 'node_modules/.cache/troupe/compiled');

/** A running app and what it said. */
export interface AppProcess {
  readonly url: string;
  /** All that it wrote, of both outputs. */
  output(): string;
  errors(): string;
  /** Resolves with the exit code; `SIGKILL` and the like when a signal ended it. */
  readonly exited: Promise<number | string>;
  signal(name: NodeJS.Signals): void;
  says(text: string): Promise<unknown>;
  get(path: string): Promise<{ status: number; body: string }>;
  isReady(): Promise<void>;
}

/**
 * Apps run built: this builds what the fixture needs, in a second when nothing changed. Errors of types, which another
 * check finds, do not keep the compiler from writing.
 */
export async function build(): Promise<void> {
  const compiler = execFile(join(workspace, 'node_modules/.bin/tsc'), ['-b', library]);
  await once(compiler, 'close');
}

/** Runs the workshop as a process that ends with the test. */
export function runApp(variables: NodeJS.ProcessEnv): AppProcess {
  const main = join(library, 'dist/app/workshop.spec.support.js');
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE, NO_COLOR: '1', ...variables },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return appProcess(child, `http://127.0.0.1:${variables.PORT}`);
}

function appProcess(child: ChildProcess, url: string): AppProcess {
  const written: string[] = [];
  const errors: string[] = [];
  child.stdout?.on('data', (bytes: Buffer) => written.push(bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => {
    written.push(bytes.toString());
    errors.push(bytes.toString());
  });
  let ended: number | string | undefined;
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      ended = code ?? signal ?? 'unknown';
      resolve(ended);
    });
  });
  const output = () => written.join('');
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  const holds = (what: string, condition: () => Promise<boolean> | boolean) =>
    until(what, async () => {
      if (await condition()) return true;
      if (ended !== undefined) throw new Error(`the app ended (${ended}) before ${what}:\n${output()}`);
      return false;
    });
  return {
    url,
    output,
    errors: () => errors.join(''),
    exited,
    signal: (name) => void child.kill(name),
    says: (text) => holds(`it says "${text}"`, () => output().includes(text)),
    get,
    isReady: async () => {
      await holds('it is ready', async () => {
        const answer = await get('/health/ready').catch(() => undefined);
        return answer?.status === 200;
      });
    },
  };
}

/** A port that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
