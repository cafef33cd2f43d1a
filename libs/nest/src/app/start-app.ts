import { writeSync } from 'node:fs';
import { ConsoleLogger, Logger, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Runtime } from '@troupe/jetstream';
import { allTold, type Environment, refusedStart, SettingError } from '@troupe/settings';
import { PortTakenError } from '../errors.ts';
import { sentenceOf } from '../runtime-lifetime.ts';
import { readSettings, type Settings } from '../settings.ts';
import { bootLog } from './boot-log.ts';
import { type End, endOnSignal } from './ending.ts';

/** What `startApp` takes besides the module. */
export interface StartAppOptions {
  /** Where HTTP listens unless `PORT` says otherwise. Default 3000. */
  readonly defaultPort?: number;
  /** Default: Nest's own. */
  readonly logger?: LoggerService;
  /** Largest request body in bytes; a larger one is answered by 413. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Reads the app's own variables, so that what is wrong with them is told with all else. Default: it has none. */
  readonly settings?: (variables: Environment) => unknown;
  /** Called before the app listens: for an OpenAPI page and the like. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

const MIB = 1024 * 1024;
/** Of a path, in characters: an id of another system may be long. A longer one leads nowhere: 404. */
const LONGEST_PARAMETER = 1_024;

/**
 * Runs an app as this process: HTTP on `HOST` (default 127.0.0.1) and `PORT`, problem details for errors, a graceful
 * end on SIGTERM and SIGINT with exit code 0. It listens before the broker is there. An app that must not run says
 * why on standard error, in a sentence, and ends with 1; of variables, it tells all that is wrong at once.
 *
 * @param module imports `TroupeModule.forRoot`
 */
export async function startApp(module: Type, options: StartAppOptions = {}): Promise<NestFastifyApplication> {
  let app: NestFastifyApplication | undefined;
  let end: End;
  try {
    const [, settings] = allTold(
      refusedStart,
      () => readSettings(process.env),
      () => options.settings?.(process.env),
    );
    app = await createApp(module, { ...options, logger: bootLog(options.logger) });
    const listening = listen(app, settings, options.defaultPort ?? 3000);
    end = endOnSignal(app, listening);
    await listening;
  } catch (error) {
    writeSync(2, `${sentenceOf(error)}\n`);
    await app?.close().catch(() => {}); // the first error is the one to tell
    process.exit(1);
  }
  app.useLogger(options.logger ?? new ConsoleLogger());
  new Logger('Troupe').log(`listening on ${await app.getUrl()}`);
  app
    .get(Runtime, { strict: false })
    .start()
    .catch(() => end(1)); // told by RuntimeLifetime
  return app;
}

/** The app with all that `startApp` gives it, not listening yet. */
export async function createApp(
  module: Type,
  options: Omit<StartAppOptions, 'defaultPort' | 'settings'> = {},
): Promise<NestFastifyApplication> {
  const bodyLimit = options.bodyLimit ?? MIB;
  const adapter = new FastifyAdapter({ bodyLimit, routerOptions: { maxParamLength: LONGEST_PARAMETER } });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    abortOnError: false,
    ...(options.logger && { logger: options.logger }),
  });
  await options.configure?.(app);
  return app;
}

async function listen(app: NestFastifyApplication, settings: Settings, defaultPort: number): Promise<void> {
  const { host = '127.0.0.1', port = defaultPort } = settings;
  try {
    await app.listen(port, host);
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new PortTakenError(host, port);
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') throw error;
    throw new SettingError([`The app cannot listen on HOST "${host}" and PORT ${port}: ${message}.`]);
  }
}
