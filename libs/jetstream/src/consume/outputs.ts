import { contractOf } from '@troupe/contract';
import type { DecidedMessage } from '../effects.ts';
import { AlsoSentError, OutputKeyError, OutputTimeError, UndeclaredOutputError } from '../errors.ts';
import { outputId } from '../ids.ts';
import { Envelope, type SealedMessage, type Sender } from '../publish/envelope.ts';
import { sealMajors } from '../publish/majors.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import type { Next, StepDefinition, StepResult } from '../step.ts';

const NONE: readonly SealedMessage[] = [];

/** The message that a step's outputs are caused by. */
export interface Cause {
  readonly source: string;
  readonly id: string;
  readonly flowId: string;
  readonly parentFlowId: string | undefined;
}

/** Turns what a handler returns into messages: all are checked and sized before the first is sent. */
export class Outputs {
  readonly #step: string;
  readonly #declared = new Map<unknown, Envelope>();
  readonly #direct: ReadonlySet<unknown>;

  constructor(app: string, step: StepDefinition, services: Omit<Sender, 'source'>) {
    this.#step = step.declaredAt ?? step.name;
    this.#direct = new Set(step.direct);
    const sender = { ...services, source: `/${app}/${step.name}` };
    for (const contractClass of step.emits) {
      this.#declared.set(contractClass, new Envelope(contractOf(contractClass), sender));
    }
    for (const contractClass of step.direct ?? []) {
      const mailbox = { app, step: step.name };
      this.#declared.set(contractClass, new Envelope(contractOf(contractClass), sender, mailbox));
    }
  }

  /**
   * Throws for an undeclared contract, keys that do not tell messages apart, what is no older major, times that cannot
   * be kept, broken contracts and sizes.
   */
  of(work: Cause, step: string, result: StepResult): readonly SealedMessage[] {
    if (result === undefined || result === null) return NONE;
    if (!Array.isArray(result)) return this.#seal(work, step, result as Next);
    const sealed = (result as Next[]).flatMap((output) => this.#seal(work, step, output));
    if (result.length > 1) this.#assertKeys(result as Next[]);
    return sealed;
  }

  /**
   * A message that was decided and checked earlier.
   * @throws UndeclaredOutputError, MessageTooLargeError
   */
  decided(message: DecidedMessage): OutgoingMessage {
    const { id, data, flow, causationId, time, at } = message;
    const fields = { id, data, flowId: flow.id, parentFlowId: flow.parent, causationId, time, at };
    return this.#envelopeOf(message)
      .seal({ ...fields, isChecked: true })
      .send(message);
  }

  #seal(work: Cause, step: string, output: Next): SealedMessage[] {
    const envelope = this.#envelopeOf(output);
    const { id } = envelope.contract;
    if (output.key !== undefined && typeof output.key !== 'string')
      throw new OutputKeyError(`${this.#step} returned ${id} with a key that is no string.`);
    const flow = output.flow ?? { id: work.flowId, parent: work.parentFlowId };
    const fields = {
      id: outputId(work.source, work.id, step, id, output.key ?? ''),
      flowId: flow.id,
      causationId: work.id,
      parentFlowId: flow.parent,
      at: output.at,
      time: output.time,
    };
    if (output.at !== undefined) this.#assertTime(output, id);
    if (output.also === undefined) return [envelope.seal({ ...fields, data: output.data })];
    if (this.#direct.has(output.contract))
      throw new AlsoSentError(`${this.#step} returned ${id} to itself: it cannot be an older major too.`);
    return sealMajors(output, (message) => this.#envelopeOf(message), fields);
  }

  #envelopeOf(output: Pick<Next, 'contract'> | undefined): Envelope {
    const envelope = this.#declared.get(output?.contract);
    if (envelope === undefined) throw new UndeclaredOutputError(this.#undeclared(output));
    return envelope;
  }

  #assertTime({ contract, at }: Next, id: string): void {
    if (!this.#direct.has(contract))
      throw new OutputTimeError(
        `${this.#step} returned ${id} for a time to come: only what its "direct" lists can wait.`,
      );
    if (!(at instanceof Date) || Number.isNaN(at.getTime()))
      throw new OutputTimeError(`${this.#step} returned ${id} with an "at" that is no valid Date.`);
  }

  #assertKeys(outputs: readonly Next[]): void {
    const seen = new Map<unknown, Set<string | undefined>>();
    for (const { contract, key } of outputs) {
      const keys = seen.get(contract) ?? new Set();
      if (keys.has(key) || (keys.size > 0 && (key === undefined || keys.has(undefined)))) {
        throw new OutputKeyError(
          `${this.#step} returned several ${contract.name} messages; give each its own key: next(${contract.name}, data, { key }).`,
        );
      }
      seen.set(contract, keys.add(key));
    }
  }

  #undeclared(output: Pick<Next, 'contract'> | undefined): string {
    const name =
      typeof output?.contract === 'function' ? output.contract.name : `a value that next() did not make`;
    return `${this.#step} returned ${name}, which neither its "emits" nor its "direct" lists.`;
  }
}
