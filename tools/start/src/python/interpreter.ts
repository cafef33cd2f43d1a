import { causeOf, runCommand } from '@troupe/broker';

/** What makes virtual environments: a Python with its own tools, or uv, which fetches a Python when it has to. */
export type Interpreter =
  | { readonly tool: 'pip'; readonly path: string; readonly version: string }
  | { readonly tool: 'uv'; readonly version: string };

/** The oldest minor of Python 3 that will do. */
const LEAST_MINOR = 10;

/**
 * The first of `python3`, `python` and `uv` on `PATH` that will do, or the sentence that says why none does.
 * @param stop ends the search
 */
export async function findInterpreter(
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<Interpreter | { readonly problem: string }> {
  const problems: string[] = [];
  for (const name of ['python3', 'python']) {
    const python = await askPython(name, env, stop);
    if ('path' in python) return python;
    problems.push(`${name} ${python.problem}`);
  }
  const uv = await runCommand('uv', ['--version'], { env, signal: stop });
  if (uv.ok) return { tool: 'uv', version: uv.stdout.trim() };
  problems.push(uv.missing ? 'uv is not installed' : `uv does not run (${causeOf(uv)})`);
  return { problem: `neither Python 3.${LEAST_MINOR} or newer nor uv is here: ${problems.join(', ')}` };
}

/** Fails where a distribution left out what makes environments. */
const QUESTION =
  'import ensurepip, sys, venv; print("%d.%d.%d" % sys.version_info[:3]); print(sys.executable)';
const TIMEOUT = 30_000;

async function askPython(
  name: string,
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<Extract<Interpreter, { tool: 'pip' }> | { readonly problem: string }> {
  const answer = await runCommand(name, ['-c', QUESTION], { env, timeoutMs: TIMEOUT, signal: stop });
  if (answer.missing) return { problem: 'is not installed' };
  const [version = '', path = ''] = answer.stdout.split(/\r?\n/);
  if (!answer.ok || path === '') return { problem: `does not run (${causeOf(answer)})` };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > 3 || (major === 3 && minor >= LEAST_MINOR);
  return isNewEnough ? { tool: 'pip', path, version } : { problem: `is ${version}` };
}
