import { type NatsServer, startCluster as start } from '@troupe/broker';
import { onTestFinished } from 'vitest';

/** Three servers of one cluster that end with the test. */
export async function startCluster(): Promise<NatsServer[]> {
  const servers = await start();
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
  return servers;
}
