import { Logger, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TroupeError } from '@troupe/contract';
import { PortTakenError } from '../errors.ts';
import { readSettings } from '../settings.ts';
import { closeOnSignal } from './signals.ts';

/** What `startApp` takes besides the module. */
export interface StartAppOptions {
  /** Where HTTP listens unless `PORT` says otherwise. Default 3000. */
  readonly defaultPort?: number;
  /** Default: Nest's own. */
  readonly logger?: LoggerService;
  /** Largest request body in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Called before the app listens: for an OpenAPI page and the like. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

const MIB = 1024 * 1024;

/**
 * Runs an app as this process: HTTP on `HOST` (default 127.0.0.1) and `PORT`, problem details for errors, a graceful
 * end on SIGTERM and SIGINT with exit code 0. An app that must not run says why in a sentence and ends with 1.
 */
export async function startApp(
  module: Type,
  options: StartAppOptions = {},
): Promise<NestFastifyApplication | undefined> {
  const log = options.logger ?? new Logger();
  try {
    return await listen(await createApp(module, options), options);
  } catch (error) {
    log.fatal?.(error instanceof TroupeError ? `${error.message} (${error.code})` : error);
    process.exitCode = 1;
    // Whatever was opened before the failure, such as the connection to the broker, keeps the process alive.
    setImmediate(() => process.exit());
    return undefined;
  }
}

/** The app with all that `startApp` gives it, not listening yet. */
export async function createApp(
  module: Type,
  options: StartAppOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: options.bodyLimit ?? MIB, forceCloseConnections: 'idle' });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    abortOnError: false,
    ...(options.logger && { logger: options.logger }),
  });
  await options.configure?.(app);
  return app;
}

async function listen(
  app: NestFastifyApplication,
  options: StartAppOptions,
): Promise<NestFastifyApplication> {
  const settings = readSettings(process.env);
  const host = settings.host ?? '127.0.0.1';
  const port = settings.port ?? options.defaultPort ?? 3000;
  closeOnSignal(app);
  try {
    await app.listen(port, host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortTakenError(host, port);
  }
  new Logger('Troupe').log(`listening on ${await app.getUrl()}`);
  return app;
}
