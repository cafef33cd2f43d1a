import { type INestApplication, Logger } from '@nestjs/common';
import { RuntimeLifetime } from '../runtime-lifetime.ts';

/**
 * Stops an app as SIGTERM does: it is not ready at once, HTTP and steps take nothing new and finish what they have,
 * then the shutdown hooks of the app's providers run, then the connection to the broker closes.
 */
export async function closeApp(app: INestApplication): Promise<void> {
  await app.get(RuntimeLifetime, { strict: false }).drain();
  await app.close();
}

/** Ends the process with the app closed. */
export type End = (exitCode: number, signal?: NodeJS.Signals) => void;

/**
 * SIGTERM and SIGINT end the app gracefully with exit code 0. Whoever sends a second signal does not want to wait:
 * it ends the process at once, with 128 and the signal's number, as shells count.
 *
 * @param up an app that is still starting is closed when it is up; whoever starts it deals with a rejection
 */
export function endOnSignal(app: INestApplication, up: Promise<unknown>): End {
  let ending = false;
  const end: End = (exitCode, signal) => {
    if (ending) {
      if (signal !== undefined) process.exit(signal === 'SIGINT' ? 130 : 143);
      return;
    }
    ending = true;
    const close = async (): Promise<void> => {
      try {
        await closeApp(app);
        process.exit(exitCode);
      } catch (error) {
        new Logger('Troupe').error(error, 'the app did not stop cleanly');
        process.exit(1);
      }
    };
    up.then(close, () => {});
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0, signal));
  return end;
}
