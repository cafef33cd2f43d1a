import type { INestApplication } from '@nestjs/common';
import { Logger } from '@nestjs/common';

/**
 * SIGTERM and SIGINT end the app gracefully; the exit code is 0, or what was set before. Whoever sends a second
 * signal does not want to wait.
 */
export function closeOnSignal(app: INestApplication): void {
  let closing = false;
  const close = async (): Promise<void> => {
    if (closing) process.exit(130);
    closing = true;
    try {
      await app.close();
    } catch (error) {
      new Logger('Troupe').error(`did not stop cleanly: ${error}`);
      process.exitCode = 1;
    }
    process.exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close());
}
