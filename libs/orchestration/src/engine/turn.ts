import { type EffectsKey, type Next, outputId, type StepContext } from '@troupe/jetstream';
import { OrchestrationWake } from '../direct.ts';
import { decide } from '../kernel/decide.ts';
import { isAwaited } from '../kernel/hand-offs.ts';
import type { Circumstances, Decision, Input } from '../kernel/input.ts';
import type { InstanceRecord } from '../record.ts';
import { giveUpBranches, outcomesFor, throughBranch, whole } from './branches.ts';
import type { Ground } from './ground.ts';
import { type Addressed, inputOf } from './inputs.ts';
import { Inquiry } from './inquiry.ts';
import type { Instance } from './instances.ts';
import { keep } from './keep.ts';
import { refused } from './refused.ts';
import { tellOfTransition } from './transition-part.ts';
import { unknown } from './unknown.ts';

/** What is to be done, and for which instance. */
export interface Decided {
  readonly instance: Instance;
  readonly decision: Decision;
}

/**
 * One message in the hands of an orchestration, from the step's handler to the write of the record: what other effects
 * call a transaction. Within the process no two turns of one instance decide at the same time.
 */
export class Turn {
  /** The instance whose turn this is. */
  #instanceId: string | undefined;
  #isOver = false;
  /** What is remembered is not believed: it was behind, or would let the message go for nothing. */
  #reads = false;
  #decided: Decided | undefined;
  readonly #inquiry: Inquiry;

  constructor(
    private readonly ground: Ground,
    private readonly key: EffectsKey,
  ) {
    this.#inquiry = new Inquiry(ground);
  }

  /** What the message means for its instance, as the messages to be sent for it. Nothing of it is written yet. */
  async take(data: object, context: StepContext): Promise<readonly Next[]> {
    const addressed = inputOf(this.ground.definition, data, context);
    if (addressed === undefined) return [];
    const { input } = addressed;
    try {
      for (;;) {
        this.#decided = undefined;
        const decided = await this.#decide(addressed, context);
        if (decided === undefined) return [];
        if (decided.decision.changed) {
          this.#decided = decided;
          return outputsOf(decided.decision);
        }
        if (this.#reads || decided.decision.outcome === 'duplicate') {
          await this.#settle(decided, input, context);
          return [];
        }
        this.#reads = true;
      }
    } catch (error) {
      throw refused(error, this.ground, context);
    }
  }

  /**
   * Writes what was decided.
   * @returns the instance, when one was written; `lost` when another process was faster: the message is to be taken again
   */
  async keep(): Promise<Instance | 'lost' | undefined> {
    if (this.#decided === undefined) return undefined;
    if (await keep(this.ground, this.key, this.#decided)) return this.#decided.instance;
    this.#reads = true;
    return 'lost';
  }

  /** The instance may go on. */
  end(): void {
    this.#isOver = true;
    if (this.#instanceId !== undefined) this.ground.turns.end(this.#instanceId);
  }

  /** Undefined when nothing is left to be decided: the message was about one of many branches. */
  async #decide({ instanceId: id, input }: Addressed, context: StepContext): Promise<Decided | undefined> {
    const { definition, fanOuts, publication, instances } = this.ground;
    if (input.kind === 'completion')
      this.#reads ||= !isAwaited(instances.remembered(id)?.record, input.flowId);
    const { record: before } = await this.#instance(id, input);
    const left = hasFanOuts(before) ? await throughBranch(this.ground, before, input) : input;
    if (left === undefined) return undefined;
    const given = await this.#inquiry.asked(before, left);
    if (this.#instanceId === undefined) await this.#begin(id);
    if (given.kind === 'wake') this.#reads = true;
    const instance = await this.#instance(id, input);
    const { record } = instance;
    const startedAt = performance.now();
    const looks = given.kind === 'wake' || given.kind === 'joined';
    if (record !== undefined && given.kind === 'wake')
      await giveUpBranches(this.ground, record, input.inputId);
    const decision = decide(definition, record, given, {
      now: new Date(),
      idOf: (contractId, key) => outputId(context.source, context.id, this.key.step, contractId, key),
      outcomes: hasFanOuts(record) ? await outcomesFor(fanOuts, record, looks) : undefined,
      trace: traceOf(context),
    });
    const decided = {
      instance,
      decision: decision.wants === undefined ? decision : await whole(fanOuts, id, decision),
    };
    if (!decided.decision.changed) return decided;
    tellOfTransition(this.ground, decided, given, startedAt);
    if (instance.unpublished.length > 0) await publication.catchUp(instance, input);
    return decided;
  }

  #instance(id: string, { kind }: Input): Promise<Instance> | Instance {
    const { instances } = this.ground;
    if (this.#reads) return instances.read(id);
    return instances.remembered(id) ?? (kind === 'start' ? instances.started(id) : instances.read(id));
  }

  /** Waits until no other turn of the instance is under way in this process. */
  async #begin(id: string): Promise<void> {
    await this.ground.turns.take(id);
    if (!this.#isOver) this.#instanceId = id;
    else this.ground.turns.end(id); // nobody waits for this turn any more
  }

  /** Answers a message that changes nothing. */
  async #settle({ instance, decision }: Decided, input: Input, context: StepContext): Promise<void> {
    const { outcome, refusal } = decision;
    const { outlet, publication } = this.ground;
    if (outcome === 'duplicate') await publication.everything(instance);
    else if (outcome === 'unknown') await unknown(this.ground, instance, input, context);
    if (outcome === 'refused')
      outlet.log.warn(
        { orchestration: instance.record?.orchestration, flow_id: context.flowId },
        `a request was refused: ${refusal}`,
      );
  }
}

function hasFanOuts(record: InstanceRecord | undefined): record is InstanceRecord {
  return record !== undefined && record.fanOuts.length > 0;
}

function traceOf({ traceparent, tracestate }: StepContext): NonNullable<Circumstances['trace']> {
  return {
    ...(traceparent !== undefined && { traceparent }),
    ...(tracestate !== undefined && { tracestate }),
  };
}

/** What is sent belongs to the instance's flow, whatever flow the input came from, unless it opens one. */
function outputsOf({ outputs, wakeAt, record }: Decision): readonly Next[] {
  const flow = { id: record?.id ?? '', parent: record?.parentFlowId };
  const sent = outputs.map((output) => ({ flow, ...output }));
  if (wakeAt === undefined) return sent;
  const at = wakeAt.toISOString();
  const time = record?.updatedAt ?? at;
  return [...sent, { contract: OrchestrationWake, data: { at }, key: at, at: wakeAt, time, flow }];
}
