import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { App } from './apps.ts';
import { AppPortTakenError } from './errors.ts';

const HOST = '127.0.0.1';

/**
 * A port for each app: `first` and those that follow it, or free ones when `first` is 0.
 * @throws AppPortTakenError when another process has one of them
 */
export async function choosePorts(apps: readonly App[], first: number): Promise<number[]> {
  const held: Server[] = [];
  try {
    // All are held until all are found, so that no two are the same.
    for (const [index, app] of apps.entries())
      held.push(await hold(app.name, first === 0 ? 0 : first + index));
    return held.map(portOf);
  } finally {
    await Promise.all(held.map(letGo));
  }
}

async function hold(app: string, port: number): Promise<Server> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return server;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') throw new AppPortTakenError(app, port);
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function letGo(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
