import type { JetStreamManager } from '@nats-io/jetstream';
import { type CompiledContract, ContractViolationError } from '@troupe/contract';
import type { Effects } from '../effects.ts';
import { EffectsUnavailableError, HandlerTimeoutError } from '../errors.ts';
import type { Outcome, ProcessObservation, StepName } from '../instrumentation.ts';
import type { SealedMessage } from '../publish/envelope.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { Sending } from '../publish/sending.ts';
import type { StepDefinition, StepHandler, StepResult } from '../step.ts';
import type { ConsumerDeclaration } from '../topology/consumers.ts';
import { readManifest } from '../topology/manifest.ts';
import { SHORT_WAIT_MS } from './delay.ts';
import { asError, isOutage } from './failure.ts';
import { Outputs } from './outputs.ts';
import { type Received, receive } from './receive.ts';
import { Settlement, type StepServices } from './settlement.ts';
import type { Work } from './work.ts';

/** Where a message came from, and what may come from there. */
export interface Origin {
  readonly consumer: ConsumerDeclaration;
  readonly contracts: ReadonlyMap<string, CompiledContract<object>>;
}

/** Told once for each message when the step is through with it, and how it ended. */
export type ProcessingListener = (work: Work, outcome: Outcome) => void;

const UNKNOWN_HERE_DELAY_MS = 5_000;

/**
 * Takes a message through validate → handle → publish all outputs → ack. A crash anywhere in between repeats the
 * work, and deterministic ids make that harmless.
 */
export class Processing {
  readonly #outputs: Outputs;
  readonly #sending: Sending;
  readonly #settlement: Settlement;

  constructor(
    private readonly name: StepName,
    private readonly step: StepDefinition,
    private readonly services: StepServices,
    private readonly manager: JetStreamManager,
    private readonly ended: ProcessingListener,
  ) {
    const { app, publisher, duplicates, instrumentation } = services;
    this.#outputs = new Outputs(step, { ...services.sender, source: `/${app}/${step.name}` });
    this.#sending = new Sending(app, publisher, duplicates, instrumentation);
    this.#settlement = new Settlement(step, services);
  }

  /** Never throws; the end is told to the listener, maybe before this returns. */
  begin(work: Work, origin: Origin): void {
    work.state = 'handling';
    work.startedAt = performance.now();
    this.#receive(work, origin);
  }

  /** Ends a handler that outlived its time: it is told so, its message is tried again, its outcome ignored. */
  timeOut(work: Work, afterMs: number): void {
    const error = new HandlerTimeoutError(this.name.name, afterMs);
    work.abort(error);
    this.#failed(work, error);
  }

  /** Hands back what is not answered yet, whatever is being done about it. The listener hears nothing of it. */
  abandon(work: Work): void {
    const error = new Error('The app is stopping.');
    work.delivery.nak();
    if (work.state === 'settled') return;
    work.state = 'settled';
    work.abort(error);
    work.observation?.end('handed-back', error);
  }

  #receive(work: Work, origin: Origin): void {
    try {
      work.attempt = this.#settlement.attempt(work);
      const received = receive(work.delivery, origin.contracts);
      if (received.event !== undefined) work.event = received.event;
      work.observation ??= this.#observe(work);
      if (received.ok) this.#handle(work, origin, received.data);
      else this.#refuse(work, origin, received);
    } catch (error) {
      this.#failed(work, error);
    }
  }

  #observe(work: Work): ProcessObservation | undefined {
    const { instrumentation } = this.services;
    if (instrumentation === undefined) return undefined;
    const { delivery } = work;
    const event = work.eventIfKnown;
    return instrumentation.process(
      this.name,
      {
        subject: delivery.subject,
        stream: delivery.info.stream,
        type: event?.type,
        id: event?.id,
        flowId: event && work.flowId,
        time: event?.time,
        size: delivery.payload.length,
        traceparent: event?.traceparent,
        tracestate: event?.tracestate,
      },
      delivery.comesBack || delivery.info.deliveries > 1,
    );
  }

  #handle(work: Work, origin: Origin, data: object): void {
    const { effects } = this.step;
    if (effects !== undefined) {
      void this.#handleOnce(work, origin, data, effects);
      return;
    }
    let result: ReturnType<StepHandler>;
    try {
      result = this.#call(work, data);
    } catch (error) {
      this.#handlerFailed(work, origin, error);
      return;
    }
    if (isPromise(result)) {
      result.then(
        (outputs) => this.#publish(work, outputs),
        (error: unknown) => this.#handlerFailed(work, origin, error),
      );
    } else {
      this.#publish(work, result);
    }
  }

  #call(work: Work, data: object, transaction?: unknown): ReturnType<StepHandler> {
    const { observation } = work;
    return observation === undefined
      ? this.step.handle(data, work, transaction)
      : observation.run(() => this.step.handle(data, work, transaction));
  }

  /** The handler's effects, its outputs and the note that it handled the message commit together, before the first is sent. */
  async #handleOnce(work: Work, origin: Origin, data: object, effects: Effects): Promise<void> {
    const key = { source: work.source, id: work.id, step: this.name.name };
    let outputs: readonly SealedMessage[] | undefined;
    let unpublished: readonly OutgoingMessage[];
    try {
      unpublished = await effects.process(key, async (transaction) => {
        const result = await unlessAborted(work.signal, async () => this.#call(work, data, transaction));
        outputs = this.#outputs.of(work, this.name.name, result);
        work.state = 'publishing'; // the commit decides, and no timeout any more
        return outputs.map((output) => output.send(work.event));
      });
    } catch (error) {
      this.#handlerFailed(work, origin, error);
      return;
    }
    if (work.state === 'settled') return;
    work.state = 'publishing';
    try {
      const sent = (error: Error | undefined): void => {
        if (error === undefined) effects.published(key);
        this.#sent(work, error);
      };
      if (unpublished.length === 0) this.#done(work);
      else if (outputs === undefined) this.#sending.again(unpublished, sent);
      else this.#sending.all(work, outputs, sent);
    } catch (error) {
      this.#failed(work, error);
    }
  }

  /** Some faults are over in a moment: the handler may be called again at once, on the message as it came. */
  #handlerFailed(work: Work, origin: Origin, thrown: unknown): void {
    if (work.state === 'settled') return;
    const error = asError(thrown);
    if (!this.#settlement.triesAgainAtOnce(work, error)) {
      this.#failed(work, error);
      return;
    }
    work.state = 'handling';
    this.#receive(work, origin);
  }

  #publish(work: Work, result: StepResult): void {
    if (work.state !== 'handling') return;
    work.state = 'publishing';
    try {
      const messages = this.#outputs.of(work, this.name.name, result);
      if (messages.length === 0) this.#done(work);
      else this.#sending.all(work, messages, (error) => this.#sent(work, error));
    } catch (error) {
      this.#failed(work, error);
    }
  }

  #sent(work: Work, error: Error | undefined): void {
    if (error === undefined) this.#done(work);
    else this.#unsent(work, error);
  }

  #done(work: Work): void {
    if (work.state === 'settled') return;
    work.state = 'settled';
    this.#settlement.done(work);
    this.#end(work, 'done');
  }

  #unsent(work: Work, error: Error): void {
    if (!isOutage(error)) {
      this.#failed(work, error);
    } else if (work.state !== 'settled') {
      work.state = 'settled';
      this.#end(work, this.#settlement.unsent(work, error), error);
    }
  }

  #failed(work: Work, thrown: unknown): void {
    if (work.state === 'settled') return;
    work.state = 'settled';
    const error = asError(thrown);
    if (error instanceof EffectsUnavailableError)
      this.#end(work, this.#settlement.withoutEffects(work, error), error);
    else void this.#settle(work, this.#settlement.failed(work, error), error);
  }

  #refuse(work: Work, origin: Origin, { reason, violations }: Extract<Received, { ok: false }>): void {
    work.state = 'settled';
    const error = new ContractViolationError(
      (work.eventIfKnown?.type ?? work.delivery.subject).slice(0, 256),
      violations,
    );
    const settling =
      reason === 'contract-unknown' && origin.consumer.contract === undefined
        ? this.#refuseUnknown(work, origin, error)
        : this.#settlement.refused(work, reason, error);
    void this.#settle(work, settling, error);
  }

  /** During a rolling deployment a newer build of this step may consume what this one does not know. */
  async #refuseUnknown(work: Work, { consumer }: Origin, error: ContractViolationError): Promise<Outcome> {
    const { type } = work;
    let manifest: ReturnType<typeof readManifest>;
    try {
      const { config } = await this.manager.consumers.info(consumer.stream, consumer.config.durable_name);
      manifest = readManifest(config.metadata);
    } catch (unavailable) {
      const { log } = this.services;
      log.warn({ err: unavailable, type }, `cannot tell whether a newer build consumes ${type}; handed back`);
      work.delivery.nak(UNKNOWN_HERE_DELAY_MS);
      return 'handed-back';
    }
    if (manifest?.consumes.includes(type) !== true)
      return this.#settlement.refused(work, 'contract-unknown', error);
    work.delivery.nak(UNKNOWN_HERE_DELAY_MS);
    return 'handed-back';
  }

  async #settle(work: Work, settling: Promise<Outcome>, error: Error): Promise<void> {
    let outcome: Outcome = 'handed-back';
    try {
      outcome = await settling;
    } catch (fault) {
      work.delivery.nak(SHORT_WAIT_MS); // ignored when it was answered before the fault
      const message = asError(fault).message;
      this.services.log.error(
        { step: this.name.name },
        `a message was not settled as it should be: ${message}`,
      );
    }
    this.#end(work, outcome, error);
  }

  #end(work: Work, outcome: Outcome, error?: Error): void {
    work.observation?.end(outcome, error);
    this.ended(work, outcome);
  }
}

/** Stops waiting when the step stops: what the handler does from then on is rolled back or refused. */
function unlessAborted<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(asError(signal.reason)), { once: true });
    run().then(resolve, reject);
  });
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
