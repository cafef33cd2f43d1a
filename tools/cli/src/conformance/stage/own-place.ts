import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsServer } from '@troupe/broker';

/** A broker, and a folder, for one step alone. */
export interface OwnPlace {
  readonly url: string;
  readonly folder: string;
  /** Ends the broker and removes all that was kept. */
  remove(): Promise<void>;
}

/** @throws BrokerError when there is no nats-server, or it does not start */
export async function ownPlace(): Promise<OwnPlace> {
  const broker = await startNatsServer();
  const folder = await mkdtemp(join(tmpdir(), 'troupe-conformance-'));
  const remove = async (): Promise<void> => {
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: broker.url, folder, remove };
}
