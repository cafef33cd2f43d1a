import { nanos } from '@nats-io/nats-core';
import type { Brokers } from './brokers.ts';
import { EVENTS } from './faults/messages.ts';

/** What a durable's metadata says of the build that declared it, as docs/reference/wire.md has it. */
const MANIFEST_KEY = 'troupe-manifest';
/** A newer build's durables, which every app leaves as they are. */
const VERSION = '999999.0.0';

/**
 * Has the broker hand out again sooner what the steps of an app were given of the events and did not answer.
 * @param seconds more than the ten after which a living app renews what it holds
 */
export async function setAckWait({ manager }: Brokers, app: string, seconds: number): Promise<void> {
  for await (const { name, config } of manager.consumers.list(EVENTS)) {
    if (!name.startsWith(`${app}__`)) continue;
    const { durable_name: _durable, deliver_policy: _began, ...settings } = config;
    const manifest = { ...JSON.parse(config.metadata?.[MANIFEST_KEY] ?? '{}'), version: VERSION };
    const metadata = { ...config.metadata, [MANIFEST_KEY]: JSON.stringify(manifest) };
    const ack_wait = nanos(seconds * 1_000);
    await manager.consumers.update(EVENTS, name, { ...settings, metadata, ack_wait });
  }
}
