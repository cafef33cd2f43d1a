import type { JetStreamManager } from '@nats-io/jetstream';
import type { Effects } from '../effects.ts';
import { EffectsUnavailableError, HandlerTimeoutError, PoisonError } from '../errors.ts';
import type { Outcome, StepName } from '../instrumentation.ts';
import type { SealedMessage } from '../publish/envelope.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import { Sending } from '../publish/sending.ts';
import type { StepDefinition, StepHandler, StepResult } from '../step.ts';
import { call, isPromise, unlessAborted } from './call.ts';
import { SHORT_WAIT_MS } from './delay.ts';
import { asError, isOutage } from './failure.ts';
import { maskedError } from './masked-error.ts';
import { observe } from './observe.ts';
import { Outputs } from './outputs.ts';
import { receive } from './receive.ts';
import { type Broken, Refusal } from './refusal.ts';
import { Settlement, type StepServices } from './settlement.ts';
import type { Work } from './work.ts';

/** Told once for each message when the step is through with it, how it ended, and what went wrong. */
export type ProcessingListener = (work: Work, outcome: Outcome, error?: Error) => void;

/**
 * Takes a message through validate → handle → publish all outputs → ack. A crash anywhere in between repeats the
 * work, and deterministic ids make that harmless.
 */
export class Processing {
  readonly #outputs: Outputs;
  readonly #sending: Sending;
  readonly #settlement: Settlement;
  readonly #refusal: Refusal;

  constructor(
    private readonly name: StepName,
    private readonly step: StepDefinition,
    private readonly services: StepServices,
    manager: JetStreamManager,
    private readonly ended: ProcessingListener,
  ) {
    const { app, publisher, duplicates, instrumentation } = services;
    this.#outputs = new Outputs(app, step, services.sender);
    this.#sending = new Sending(app, publisher, duplicates, instrumentation);
    this.#settlement = new Settlement(step, services);
    this.#refusal = new Refusal(this.#settlement, manager, services.log);
  }

  /** Never throws; the end is told to the listener, maybe before this returns. */
  begin(work: Work): void {
    work.state = 'handling';
    work.startedAt = performance.now();
    this.#receive(work);
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

  /** Sets a message aside that ended so many processes, before it is decoded. */
  setAside(work: Work, deaths: number): void {
    work.state = 'settled';
    this.#observe(work);
    const error = new PoisonError(this.name.name, deaths);
    void this.#settle(work, this.#settlement.poisoned(work, error), error);
  }

  /** Hands a message back that could not be marked, and so must not be handled. */
  withoutMark(work: Work, error: Error): void {
    work.state = 'settled';
    this.#end(work, this.#settlement.withoutMark(work, error), error);
  }

  #receive(work: Work): void {
    try {
      work.attempt = this.#settlement.attempt(work);
      const received = receive(work.delivery, work.origin.content);
      if (received.event !== undefined) work.event = received.event;
      if (received.kind === 'elsewhere') {
        this.#done(work);
        return;
      }
      this.#observe(work);
      if (received.kind === 'taken') this.#handle(work, received.data);
      else this.#refuse(work, received);
    } catch (error) {
      this.#failed(work, error);
    }
  }

  /** Once for each delivery. */
  #observe(work: Work): void {
    const { instrumentation } = this.services;
    if (instrumentation !== undefined) work.observation ??= observe(instrumentation, this.name, work);
  }

  #handle(work: Work, data: object): void {
    const { effects } = this.step;
    if (effects !== undefined) {
      void this.#handleOnce(work, data, effects);
      return;
    }
    let result: ReturnType<StepHandler>;
    try {
      result = call(this.step, work, data);
    } catch (error) {
      this.#handlerFailed(work, error);
      return;
    }
    if (isPromise(result)) {
      result.then(
        (outputs) => this.#publish(work, outputs),
        (error: unknown) => this.#handlerFailed(work, error),
      );
    } else {
      this.#publish(work, result);
    }
  }

  /** The handler's effects, its outputs and the note that it handled the message commit together, before the first is sent. */
  async #handleOnce(work: Work, data: object, effects: Effects): Promise<void> {
    const key = { source: work.source, id: work.id, step: this.name.name };
    let outputs: readonly SealedMessage[] | undefined;
    let unpublished: readonly OutgoingMessage[];
    try {
      unpublished = await effects.process(key, async (transaction) => {
        const result = await unlessAborted(work, async () => call(this.step, work, data, transaction));
        outputs = this.#outputs.of(work, this.name.name, result);
        work.state = 'publishing'; // the commit decides, and no timeout any more
        return outputs.map((output) => output.send(work.event));
      });
    } catch (error) {
      this.#handlerFailed(work, error);
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
  #handlerFailed(work: Work, thrown: unknown): void {
    if (work.state === 'settled') return;
    const error = maskedError(work, asError(thrown));
    if (!this.#settlement.triesAgainAtOnce(work, error)) {
      this.#fail(work, error);
      return;
    }
    work.state = 'handling';
    this.#receive(work);
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
    if (work.state !== 'settled') this.#fail(work, maskedError(work, asError(thrown)));
  }

  #fail(work: Work, error: Error): void {
    work.state = 'settled';
    if (error instanceof EffectsUnavailableError)
      this.#end(work, this.#settlement.withoutEffects(work, error), error);
    else void this.#settle(work, this.#settlement.failed(work, error), error);
  }

  #refuse(work: Work, broken: Broken): void {
    work.state = 'settled';
    const error = maskedError(work, broken.error);
    void this.#settle(work, this.#refusal.refuse(work, { ...broken, error }), error);
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
    this.ended(work, outcome, error);
  }
}
