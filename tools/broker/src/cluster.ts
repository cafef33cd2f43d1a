import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type NatsServer, type StartNatsServerOptions, startNatsServer } from './nats-server.ts';

/** A cluster's servers are named so, by their position. */
export function clusterServerName(position: number): string {
  return `n${position}`;
}

/**
 * Three servers of one cluster on 127.0.0.1. Resolves when each accepts connections and JetStream answers.
 *
 * @param optionsOf what is special about a server, by its position
 * @throws as {@link startNatsServer}; the others are ended then
 */
export async function startCluster(
  optionsOf: (position: number) => StartNatsServerOptions = () => ({}),
): Promise<NatsServer[]> {
  const routes = await freePorts(3);
  const starts = await Promise.allSettled(
    routes.map((port, position) => {
      const options = optionsOf(position);
      const lines = [
        options.configExtra ?? '',
        `server_name: ${clusterServerName(position)}`,
        'cluster {',
        '  name: troupe',
        `  listen: "127.0.0.1:${port}"`,
        `  routes: [${routes.map((route) => `"nats://127.0.0.1:${route}"`).join(', ')}]`,
        '}',
      ];
      return startNatsServer({ ...options, configExtra: lines.join('\n') });
    }),
  );
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed === undefined) return servers;
  await Promise.all(servers.map((server) => server.stop()));
  throw failed.reason;
}

/** Ports that nothing listened on a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(listeners.map((listener) => once(listener, 'listening')));
  const ports = listeners.map((listener) => (listener.address() as AddressInfo).port);
  await Promise.all(listeners.map((listener) => once(listener.close(), 'close')));
  return ports;
}
