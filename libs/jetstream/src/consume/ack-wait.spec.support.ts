import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { Connection } from '../connection/connection.ts';
import { silentLogger } from '../logger.ts';
import type { Names } from '../naming.ts';
import { openServices } from '../runtime/services.ts';
import type { StepDefinition } from '../step.ts';
import { type Durable, setUpTopology } from '../topology/set-up.ts';
import type { StreamSettings } from '../topology/streams.ts';
import { StepRunner } from './step-runner.ts';

/** An instance of the app `shop` whose durables have another ack wait than the platform's. */
export interface Instance {
  stop(graceMs: number): Promise<void>;
}

/** What an instance needs to know. */
export interface InstanceOptions {
  readonly url: string;
  readonly names: Names;
  readonly steps: readonly StepDefinition[];
  readonly streams: StreamSettings;
  readonly ackWaitMs: number;
}

const APP = { app: 'shop', version: '1.0.0' };
const MAX_PAYLOAD = 2 * 1024 * 1024;

/** Makes the streams and durables, once for all instances: a newer build's, which they leave as they are. */
export async function setAckWait(
  manager: JetStreamManager,
  options: Omit<InstanceOptions, 'url'>,
): Promise<void> {
  const { names, steps, streams, ackWaitMs } = options;
  const newer = { app: APP.app, version: '2.0.0', steps, streams };
  const topology = await setUpTopology(manager, names, newer, MAX_PAYLOAD, silentLogger);
  for (const { stream, config } of topology.steps.flatMap(({ consumers }) => consumers)) {
    const { durable_name, deliver_policy: _began, ...settings } = config;
    await manager.consumers.update(stream, durable_name, { ...settings, ack_wait: nanos(ackWaitMs) });
  }
}

/** Runs the steps after `setAckWait`; what they hold is renewed as often as that wait asks for. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { url, names, steps, streams, ackWaitMs } = options;
  const connection = new Connection({ servers: url }, silentLogger);
  const client = await connection.connected();
  const manager = await jetstreamManager(client, { checkAPI: false });
  const settings = { ...APP, steps, streams };
  const { limits, ...topology } = await setUpTopology(manager, names, settings, MAX_PAYLOAD, silentLogger);
  const ground = {
    client,
    manager,
    connection,
    names,
    limits,
    log: silentLogger,
    instrumentation: undefined,
  };
  const services = openServices(settings, ground);
  const runners = topology.steps.map(({ step, consumers }) => {
    const runner = new StepRunner(step, services, manager);
    runner.start(consumers.map((consumer) => withAckWait(consumer, ackWaitMs)));
    return runner;
  });
  return {
    stop: async (graceMs) => {
      await Promise.all(runners.map((runner) => runner.stop(graceMs)));
      services.publisher.close();
      services.duplicates.close();
      await connection.close();
    },
  };
}

function withAckWait(consumer: Durable, ackWaitMs: number): Durable {
  return { ...consumer, config: { ...consumer.config, ack_wait: nanos(ackWaitMs) } };
}
