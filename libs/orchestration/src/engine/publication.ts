import { EffectsUnavailableError } from '@troupe/jetstream';
import type { Input } from '../kernel/input.ts';
import { branchMessage } from '../kernel/messages.ts';
import type { InstanceRecord, WholeMessage } from '../record.ts';
import type { FanOuts } from './fan-outs.ts';
import type { Ground } from './ground.ts';
import type { Instance, Unpublished } from './instances.ts';
import { pipelined } from './pipelined.ts';
import { seal } from './seal.ts';

/** Beyond so many, what is under way is published once more instead of being carried on in the record. */
const MOST_CARRIED = 64;

/** Sends what records say is to be sent, where the step itself does not. Sending twice what was sent is harmless. */
export class Publication {
  constructor(
    private readonly ground: Pick<Ground, 'definition' | 'outlet'>,
    private readonly fanOuts: FanOuts,
  ) {}

  /**
   * Before the record is written over: what another process left, unless the input shows that it was sent. While nothing
   * is written, whatever it was left for comes again.
   */
  async catchUp(instance: Instance, input: Input): Promise<void> {
    const left = instance.unpublished.find((one) => one.input === undefined);
    if (left !== undefined) {
      const messages = left.messages.filter((message) => !answers(input, message));
      await this.#publish(instance, { ...left, messages });
      isPublished(instance, left);
    }
    if (pendingOf(instance).length > MOST_CARRIED) await this.everything(instance);
  }

  /** All that is not known to be published. */
  async everything(instance: Instance): Promise<void> {
    for (const left of [...instance.unpublished]) {
      await this.#publish(instance, left);
      isPublished(instance, left);
    }
  }

  /** Sends the open branches of a fan-out, unless they were sent as often as the record says. */
  async branches({ id, record }: Instance, fanOut: string): Promise<void> {
    const state = record?.fanOuts.find((one) => one.id === fanOut);
    if (state?.status !== 'open') return;
    const join = await this.fanOuts.join(id, fanOut);
    if (join === undefined || join.sent >= state.sends) return;
    const branches = await this.fanOuts.branches(id, fanOut);
    const messages = branches.flatMap((branch) => branchMessage(branch, state.sends) ?? []);
    await this.messages(record as InstanceRecord, messages);
    await this.fanOuts.sent(id, fanOut, state.sends);
  }

  /**
   * @throws SnapshotVersionError when this build cannot send one
   * @throws EffectsUnavailableError when one is not known to be stored
   */
  async messages(record: InstanceRecord, messages: readonly WholeMessage[]): Promise<void> {
    const sealed = messages.map((message) => seal(this.ground, record, message));
    try {
      await pipelined(sealed, (message) => this.ground.outlet.publish(message));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new EffectsUnavailableError(`What an orchestration left to be sent is not stored yet: ${why}`, {
        cause,
      });
    }
  }

  async #publish(instance: Instance, { messages, fanOuts }: Unpublished): Promise<void> {
    if (instance.record !== undefined) await this.messages(instance.record, messages);
    for (const fanOut of fanOuts) await this.branches(instance, fanOut);
  }
}

export function isPublished({ unpublished }: Instance, one: Unpublished): void {
  const at = unpublished.indexOf(one);
  if (at !== -1) unpublished.splice(at, 1);
}

/** Messages that are not known to be published, oldest first. */
export function pendingOf({ unpublished }: Instance): WholeMessage[] {
  return unpublished.flatMap(({ messages }) => messages);
}

/** The input shows that the message was sent. */
function answers(input: Input, { id, flow }: WholeMessage): boolean {
  if (input.kind === 'event') return id === input.causationId;
  return input.kind === 'completion' && flow?.id === input.flowId;
}
