import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configFile } from './config-file.ts';
import { type LaunchOptions, type Run, spawnServer } from './run.ts';

/** Runs a nats-server program. */
export async function launchBinary(program: string, options: LaunchOptions): Promise<Run> {
  const { runtimeDir } = options;
  const configPath = join(runtimeDir, 'nats.conf');
  const config = { ...options.config, host: '127.0.0.1', port: options.port ?? -1, portsDir: runtimeDir };
  await writeFile(configPath, configFile(config), { mode: 0o600 });
  const { child, exited } = spawnServer(program, ['-c', configPath], options.logFile);
  const pid = child.pid ?? 0;
  return {
    pid,
    exited,
    port: () => portOf(pid, runtimeDir),
    signal: async (signal) => {
      child.kill(signal);
    },
  };
}

/** The server writes its port once it listens, so this also proves that it is ours that answers there. */
async function portOf(pid: number, folder: string): Promise<number | undefined> {
  const name = (await readdir(folder)).find((file) => file.endsWith(`_${pid}.ports`));
  if (name === undefined) return undefined;
  const text = await readFile(join(folder, name), 'utf8').catch(() => '');
  const port = /"nats":\["[^"]*:(\d+)"/.exec(text)?.[1];
  return port === undefined ? undefined : Number(port);
}
