import type { ConsumerConfig, JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { is } from './fault.spec.support.ts';
import { APP, EMITS, STEP, VERSION } from './write.spec.support.ts';

const environment = process.env.TROUPE_PREFIX ?? '';
const token = environment === '' ? '' : `${environment}.`;
const streamPrefix = environment === '' ? '' : `${environment}_`;
const events = `${streamPrefix}EVENTS`;
const delayed = `${streamPrefix}DELAYED_${APP}`;

export const MANIFEST = {
  format: 1,
  app: APP,
  version: VERSION,
  step: `${APP}__${STEP}`,
  consumes: ['job.requested.v1'],
  emits: is('manifest') ? [] : [EMITS],
  from: process.env.FROM ?? 'beginning',
};

/** The step's durables. */
export function consumersOf() {
  const name = `${APP}__${STEP}`;
  const first = is('durables') ? `${name}__jobs` : `${name}__job_requested_v1`;
  const filter = is('filters') ? `${token}evt.job.>` : `${token}evt.job.requested.v1.*`;
  const isWrong = is('start');
  const isNow = MANIFEST.from === 'now';
  return [
    { stream: events, name: first, filter, from: isNow === isWrong ? 'all' : 'new' },
    { stream: delayed, name, filter: `${token}rdv.${APP}.${STEP}.*`, from: 'all' },
  ];
}

/** Makes the app's streams and the step's consumers, and gives the lane count. */
export async function prepare(manager: JetStreamManager): Promise<number> {
  const common = { retention: 'limits', storage: 'file', allow_direct: true };
  const crashes = `${streamPrefix}crashes_${APP}`;
  await manager.streams.add({
    ...common,
    name: delayed,
    subjects: [`${token}rdv.${APP}.>`, `${token}sch.${APP}.>`],
    allow_msg_schedules: !is('streams'),
  } as StreamConfig);
  await manager.streams.add({
    ...common,
    name: `KV_${crashes}`,
    subjects: [`$KV.${crashes}.>`],
    discard: 'new',
    max_msgs_per_subject: 1,
    max_age: 86_400_000_000_000,
    max_bytes: 4 * 1024 * 1024,
    deny_delete: true,
  } as StreamConfig);
  for (const { stream, name, filter, from } of consumersOf()) {
    await manager.consumers.add(stream, {
      durable_name: name,
      filter_subject: filter,
      deliver_policy: from,
      ack_policy: 'explicit',
      replay_policy: 'instant',
      ack_wait: is('settings') ? 60_000_000_000 : 30_000_000_000,
      max_deliver: -1,
      max_ack_pending: 10_000,
      metadata: { 'troupe-manifest': JSON.stringify(MANIFEST) },
    } as ConsumerConfig);
  }
  const { config } = await manager.streams.info(events);
  return Number(config.metadata?.['troupe-lanes'] ?? 32);
}
