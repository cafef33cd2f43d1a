import type { JetStreamManager } from '@nats-io/jetstream';
import { chainNames, type Variant } from './chain.ts';

/** Makes a variant's stream and durables as the runtime made its own: every setting is the same but the names. */
export async function mirrorTopology(manager: JetStreamManager, variant: Variant): Promise<void> {
  const model = chainNames('troupe');
  const own = chainNames(variant);
  const rename = (subject: string): string => subject.replace(/^troupe\./, `${variant}.`);
  const { config } = await manager.streams.info(model.stream);
  await manager.streams.add({ ...config, name: own.stream, subjects: config.subjects.map(rename) });
  for (const { durable } of own.hops) {
    const { config } = await manager.consumers.info(model.stream, durable);
    await manager.consumers.add(own.stream, {
      ...config,
      filter_subject: rename(config.filter_subject ?? ''),
    });
  }
}
