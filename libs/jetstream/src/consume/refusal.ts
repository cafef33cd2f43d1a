import type { JetStreamManager } from '@nats-io/jetstream';
import type { Outcome } from '../instrumentation.ts';
import type { Logger } from '../logger.ts';
import { type Manifest, readManifest } from '../topology/manifest.ts';
import type { Received } from './receive.ts';
import type { Settlement } from './settlement.ts';
import type { Work } from './work.ts';

/** A message that is none of its step's. */
export type Broken = Extract<Received, { kind: 'broken' }>;

const UNKNOWN_HERE_DELAY_MS = 5_000;

/** Sets aside what no handler can get; what only this build does not know is handed back. */
export class Refusal {
  constructor(
    private readonly settlement: Settlement,
    private readonly manager: JetStreamManager,
    private readonly log: Logger,
  ) {}

  refuse(work: Work, broken: Broken): Promise<Outcome> {
    return broken.reason === 'contract-unknown' && work.origin.consumer.contract === undefined
      ? this.#refuseUnknown(work, broken)
      : this.settlement.refused(work, broken);
  }

  /** During a rolling deployment a newer build of this step may consume what this one does not know. */
  async #refuseUnknown(work: Work, broken: Broken): Promise<Outcome> {
    const { type } = work;
    const { stream, config } = work.origin.consumer;
    let manifest: Manifest | undefined;
    try {
      manifest = readManifest(
        (await this.manager.consumers.info(stream, config.durable_name)).config.metadata,
      );
    } catch (unavailable) {
      this.log.warn(
        { err: unavailable, type },
        `cannot tell whether a newer build consumes ${type}; handed back`,
      );
      work.delivery.nak(UNKNOWN_HERE_DELAY_MS);
      return 'handed-back';
    }
    if (![...(manifest?.consumes ?? []), ...(manifest?.direct ?? [])].includes(type))
      return this.settlement.refused(work, broken);
    work.delivery.nak(UNKNOWN_HERE_DELAY_MS);
    return 'handed-back';
  }
}
