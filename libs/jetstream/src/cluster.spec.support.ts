import { createServer, type Server } from 'node:net';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { onTestFinished } from 'vitest';

/** Three servers of one cluster that end with the test. */
export async function startCluster(): Promise<NatsServer[]> {
  const routes = await freePorts(3);
  const servers = await Promise.all(
    routes.map((port, i) =>
      startNatsServer({
        configExtra: [
          `server_name: n${i}`,
          'cluster {',
          '  name: test',
          `  listen: "127.0.0.1:${port}"`,
          `  routes: [${routes.map((route) => `"nats://127.0.0.1:${route}"`).join(', ')}]`,
          '}',
        ].join('\n'),
      }),
    ),
  );
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
  return servers;
}

/** Ports that nothing listened on a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const listeners = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((resolve, reject) => {
          const listener = createServer();
          listener.once('error', reject).listen(0, '127.0.0.1', () => resolve(listener));
        }),
    ),
  );
  const ports = listeners.map((listener) => (listener.address() as { port: number }).port);
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  return ports;
}
