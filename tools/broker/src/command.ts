import { spawn } from 'node:child_process';

/** What a finished command left behind. `missing` says that there is no such program. */
export interface CommandResult {
  readonly ok: boolean;
  readonly missing: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end and collects its output. Never throws; past `timeoutMs`, 10 s unless said otherwise, and when
 * `signal` is aborted, it is killed.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<CommandResult> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      ...(options.signal !== undefined && { signal: options.signal, killSignal: 'SIGKILL' }),
      windowsHide: true,
    });
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ ok: false, missing: error.code === 'ENOENT', stdout, stderr: stderr || error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (timedOut) stderr += `\nno answer within ${timeoutMs / 1000} s`;
      resolve({ ok: code === 0 && !timedOut, missing: false, stdout, stderr });
    });
  });
}

/** The line of a failed command's output that most likely names the cause. */
export function causeOf(result: CommandResult): string {
  const lines = `${result.stdout}\n${result.stderr}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /^(error|.*\berror\b)/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
