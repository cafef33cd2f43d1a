import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { ServerConfig } from './config-file.ts';

/** One run of a server: from its start to its end, never started again. */
export interface Run {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** The port that it listens on, once it is known. */
  port(): Promise<number | undefined>;
  signal(signal: NodeJS.Signals): Promise<void>;
  /** The command that ends it from outside, where its process id is not enough. */
  readonly stopCommand?: readonly string[];
}

/** How a server ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LaunchOptions {
  readonly config: Omit<ServerConfig, 'host' | 'port' | 'portsDir'>;
  /** `undefined` for a free one. */
  readonly port: number | undefined;
  /** For the configuration file and the like. */
  readonly runtimeDir: string;
  readonly logFile: string;
  readonly onProgress: (text: string) => void;
}

/**
 * Spawns a server in a session of its own, so that a Ctrl-C in the terminal reaches its starter only, which then
 * stops it in the right order. Its output goes straight to the file: no pipe that ends with the starter.
 */
export function spawnServer(
  program: string,
  args: readonly string[],
  logFile: string,
): { child: ChildProcess; exited: Promise<Exit> } {
  const log = openSync(logFile, 'a');
  const child = spawn(program, args, {
    detached: process.platform !== 'win32',
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  return { child, exited };
}
