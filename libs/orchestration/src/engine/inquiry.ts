import type { HandOffSpec } from '../definition/command-spec.ts';
import { handOffOf, handOffsToPoll, isAwaited } from '../kernel/hand-offs.ts';
import type { Input, Poll } from '../kernel/input.ts';
import type { InstanceRecord } from '../record.ts';
import type { CompletionReport } from '../report.ts';
import type { Ground } from './ground.ts';
import { poll } from './poll.ts';

/** Overdue hand-offs that one wake-up polls; more are left to the next one, which follows at once. */
const MOST_POLLED = 16;

/**
 * What others are asked before an input is decided about: once for each message, and outside of the instance's turn, so
 * that nothing else of it waits for them.
 */
export class Inquiry {
  #report: CompletionReport | undefined;
  #polls: Map<string, Poll> | undefined;

  constructor(private readonly ground: Pick<Ground, 'definition' | 'reports'>) {}

  /** The input with what it takes to decide about it. Nobody is asked about what the instance does not wait for. */
  asked(record: InstanceRecord | undefined, input: Input): Promise<Input> | Input {
    if (record === undefined) return input;
    if (input.kind === 'completion') return this.#completion(record, input);
    return input.kind === 'wake' ? this.#wake(record, input) : input;
  }

  async #completion(record: InstanceRecord, input: Input & { readonly kind: 'completion' }): Promise<Input> {
    const { flowId, inputId } = input;
    const isNews = isAwaited(record, flowId) && !record.handled.includes(inputId);
    const spec = isNews ? this.#spec(record, handOffOf(record, flowId)?.name) : undefined;
    if (spec !== undefined) this.#report ??= await this.ground.reports.of(flowId, spec.ends.keys());
    return this.#report === undefined ? input : { ...input, report: this.#report };
  }

  async #wake(record: InstanceRecord, input: Input & { readonly kind: 'wake' }): Promise<Input> {
    this.#polls ??= await this.#poll(record);
    return this.#polls.size === 0 ? input : { ...input, polls: this.#polls };
  }

  async #poll(record: InstanceRecord): Promise<Map<string, Poll>> {
    const due = handOffsToPoll(record, new Date()).slice(0, MOST_POLLED);
    const polls = await Promise.all(
      due.map(async ({ id, name, handOff }) => {
        const spec = this.#spec(record, name);
        if (spec === undefined || handOff === undefined) return [];
        const given = { context: record.snapshot?.context ?? {}, flowId: handOff.flowId };
        return [[id, await poll(this.ground.reports, spec, given)] as const];
      }),
    );
    return new Map(polls.flat());
  }

  #spec({ version }: InstanceRecord, name = ''): HandOffSpec | undefined {
    return this.ground.definition.machines.get(version)?.commands.get(name)?.handOff;
  }
}
