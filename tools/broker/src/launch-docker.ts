import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { causeOf, runCommand } from './command.ts';
import { configFile } from './config-file.ts';
import { BrokerStartError } from './errors.ts';
import { type LaunchOptions, type Run, spawnServer } from './run.ts';

const PULL_TIMEOUT = 300_000;

/** Runs the official image; only 127.0.0.1 of this machine reaches it, and its store is the host's folder. */
export async function launchDocker(image: string, options: LaunchOptions): Promise<Run> {
  await pullIfAbsent(image, options.onProgress);
  const name = `troupe-broker-${randomBytes(6).toString('hex')}`;
  const configDir = join(options.runtimeDir, 'config');
  const { storeDir } = options.config;
  await mkdir(configDir, { recursive: true });
  await mkdir(storeDir, { recursive: true });
  const config = { ...options.config, host: '0.0.0.0', port: 4222, storeDir: '/troupe-store' };
  await writeFile(join(configDir, 'nats.conf'), configFile(config));

  const { child, exited } = spawnServer(
    'docker',
    [
      ...['run', '--rm', '--name', name, '--publish', `127.0.0.1:${options.port ?? ''}:4222`],
      ...['--volume', `${configDir}:/troupe-config:ro`, '--volume', `${storeDir}:/troupe-store`],
      ...userOption(),
      ...[image, '-c', '/troupe-config/nats.conf'],
    ],
    options.logFile,
  );
  return {
    pid: child.pid ?? 0,
    exited,
    port: () => publishedPort(name),
    signal: async (signal) => {
      const result = await runCommand('docker', ['kill', '--signal', signal, name]);
      // Not yet a container: ending the client is all there is to do.
      if (!result.ok) child.kill(signal);
    },
    stopCommand: ['docker', 'kill', '--signal', 'SIGKILL', name],
  };
}

async function pullIfAbsent(image: string, onProgress: (text: string) => void): Promise<void> {
  if ((await runCommand('docker', ['image', 'inspect', image])).ok) return;
  onProgress(`pulling the image ${image}`);
  const pull = await runCommand('docker', ['pull', image], { timeoutMs: PULL_TIMEOUT });
  if (!pull.ok) throw new BrokerStartError(`The image ${image} could not be pulled (${causeOf(pull)}).`, []);
}

/** The files of the store belong to whoever starts it, not to root. */
function userOption(): string[] {
  const user = process.getuid?.();
  const group = process.getgid?.();
  return user === undefined || group === undefined ? [] : ['--user', `${user}:${group}`];
}

async function publishedPort(name: string): Promise<number | undefined> {
  const result = await runCommand('docker', ['port', name, '4222/tcp']);
  const port = /127\.0\.0\.1:(\d+)/.exec(result.stdout)?.[1];
  return port === undefined ? undefined : Number(port);
}
