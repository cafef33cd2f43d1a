/**
 * Importing this package, first of all in an app's main file, sets up its logs, metrics and traces from the
 * environment: `import '@troupe/telemetry';`
 */
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { NestLogger } from './logs/nest-logger.ts';
import type { Measured } from './metrics/measured.ts';
import { telemetry } from './process.ts';

export type { Measured } from './metrics/measured.ts';
export { TelemetryModule } from './nest.ts';
export { TELEMETRY_VARIABLES } from './settings/variables.ts';

/** Writes structured log lines: `logger.info({ order }, 'the order is placed')`. */
export const logger: Logger = telemetry.logger;

/** For Nest: `app.useLogger(nestLogger)`. */
export const nestLogger: LoggerService = new NestLogger(telemetry.logger);

/**
 * Shows what is read whenever `/metrics` is asked for, until the returned function is called. For what comes and goes:
 * OpenTelemetry's observable gauges go on showing what they were once told.
 */
export function measure(read: () => readonly Measured[]): () => void {
  return telemetry.measure(read);
}

/** Sends the spans that are left, within 3 s; `TelemetryModule` calls it when the app stops. Never rejects. */
export function shutdownTelemetry(): Promise<void> {
  return telemetry.shutdown();
}
