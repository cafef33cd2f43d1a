import type { ContractClass } from '@troupe/contract';
import { contractOf } from '@troupe/contract';
import { type Definition, definitionOf } from '../definition/definition.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import type { BranchRecord, FanOutRecord, InstanceRecord } from '../record.ts';
import { type CompletionReport, emptyReport } from '../report.ts';
import { type BranchEnd, countBranch, endBranch, fanOutsToGiveUp, outcomesOf } from './branches.ts';
import { decide } from './decide.ts';
import { handOffsToPoll } from './hand-offs.ts';
import type { Decision, Input, Output, PersonsRequest, Poll } from './input.ts';

/** Told apart among all stages: a record may go from one to another. */
let inputs = 0;

/** An instance without a broker: what is decided is kept in memory at once. */
export class Stage {
  readonly definition: Definition;
  record: InstanceRecord | undefined;
  readonly branches = new Map<string, BranchRecord>();
  readonly joins = new Map<string, FanOutRecord>();
  /** Everything that was sent, resubmissions not among it. */
  readonly sent: Output[] = [];
  readonly resubmitted: string[] = [];
  now = new Date('2026-01-01T00:00:00.000Z');

  constructor(options: OrchestrationOptions) {
    this.definition = definitionOf(options);
  }

  start(data: object): Decision {
    return this.give({ kind: 'start', inputId: this.nextId(), instanceId: 'flow-1', data });
  }

  /** Answers the newest command of this contract, and name or key when one is given. */
  answer(command: ContractClass, answer: ContractClass, data: object, which?: string): Decision {
    const sent = this.sent.findLast(
      ({ contract, key }) => contract === command && (which === undefined || key.endsWith(which)),
    );
    if (sent === undefined) throw new Error(`${command.name} was not sent`);
    return this.event(answer, data, sent.id);
  }

  event(contract: ContractClass, data: object, causationId = 'elsewhere', inputId = this.nextId()): Decision {
    const event = { inputId, contract: contractOf(contract).id, data, causationId };
    if (this.branches.has(causationId)) return this.endBranch(causationId, { kind: 'answer', ...event });
    return this.give({ kind: 'event', ...event });
  }

  /** Ends a branch as the engine does: the branch, the join, and the instance when it joined. */
  endBranch(commandId: string, end: BranchEnd): Decision {
    const record = this.record as InstanceRecord;
    const branch = this.branches.get(commandId) as BranchRecord;
    const ended = endBranch(this.definition, record, branch, end, this.now) ?? branch;
    this.branches.set(commandId, ended);
    const before = this.joins.get(branch.fanOut) as FanOutRecord;
    const after = countBranch(before, ended);
    this.joins.set(branch.fanOut, after);
    if (record.compensation)
      return this.give({ kind: 'branch-answered', inputId: end.inputId, branch: ended });
    return this.give({ kind: 'joined', inputId: end.inputId });
  }

  /** An end of a flow that was handed off, with the report when the ledger gave one. */
  complete(
    flowId: string,
    end: ContractClass,
    data: object,
    report?: CompletionReport,
    inputId = this.nextId(),
  ): Decision {
    const completion = { kind: 'completion', inputId, contract: contractOf(end).id, data, flowId } as const;
    return this.give(report === undefined ? completion : { ...completion, report });
  }

  /** What polls of hand-offs find; nothing unless it is said. */
  found: Poll['found'];

  wake(): Decision {
    const { record } = this;
    const inputId = this.nextId();
    for (const { id } of fanOutsToGiveUp(this.definition, record as InstanceRecord, this.now)) {
      for (const branch of this.branchesOf(id).filter(({ status }) => status === 'open')) {
        const failure = { kind: 'failure', inputId, reason: 'unanswered', message: 'No answer.' } as const;
        const ended =
          endBranch(this.definition, record as InstanceRecord, branch, failure, this.now) ?? branch;
        this.branches.set(branch.id, ended);
        this.joins.set(id, countBranch(this.joins.get(id) as FanOutRecord, ended));
      }
    }
    const due = handOffsToPoll(record as InstanceRecord, this.now);
    const polls = new Map(
      due.map(({ id, handOff }): [string, Poll] => {
        const report = emptyReport(handOff?.flowId ?? '', 'nobody knows');
        return [id, this.found === undefined ? { report } : { report, found: this.found }];
      }),
    );
    return this.give({ kind: 'wake', inputId, at: record?.wakeAt ?? '', polls });
  }

  /** Lets time pass and wakes the instance as often as it asked for it by then. */
  pass(ms: number): void {
    const until = this.now.getTime() + ms;
    for (;;) {
      const wakeAt = this.record?.wakeAt;
      if (wakeAt === undefined || Date.parse(wakeAt) > until) break;
      this.now = new Date(Math.max(this.now.getTime(), Date.parse(wakeAt)));
      this.wake();
    }
    this.now = new Date(until);
  }

  deadLetter(command: ContractClass, reason: string): Decision {
    const sent = this.sent.findLast(({ contract }) => contract === command);
    const commandId = sent?.id ?? '';
    if (this.branches.has(commandId))
      return this.endBranch(commandId, { kind: 'failure', inputId: this.nextId(), reason, message: reason });
    return this.give({ kind: 'dead-letter', inputId: this.nextId(), commandId, reason, message: reason });
  }

  request(request: PersonsRequest): Decision {
    return this.give({ kind: 'request', inputId: this.nextId(), ...request });
  }

  give(input: Input): Decision {
    const decision = this.decide(input);
    this.keep(decision);
    return decision;
  }

  decide(input: Input): Decision {
    let decision = decide(this.definition, this.record, input, {
      now: this.now,
      idOf: (contract, key) => idOf(input.inputId, contract, key),
      outcomes: this.outcomes(),
    });
    while (decision.wants !== undefined) {
      const { fanOut, below } = decision.wants;
      const undoable = this.branchesOf(fanOut).filter(
        ({ undo, index }) => undo !== undefined && index < below,
      );
      decision = decision.wants.give(undoable.at(-1));
    }
    return decision;
  }

  keep({ record, outputs, fanOuts, resubmissions }: Decision): void {
    for (const { fanOut, branches } of fanOuts) {
      this.joins.set(fanOut.id, fanOut);
      for (const branch of branches) this.branches.set(branch.id, branch);
    }
    this.record = record;
    this.sent.push(...outputs);
    this.resubmitted.push(...resubmissions.map(({ id }) => id));
  }

  /** Of the newest fan-out of a name, or of the one with an id. */
  branchesOf(fanOut: string): BranchRecord[] {
    const id = this.record?.fanOuts.findLast((one) => one.name === fanOut)?.id ?? fanOut;
    return [...this.branches.values()]
      .filter((branch) => branch.fanOut === id)
      .sort((one, other) => one.index - other.index);
  }

  /** What was sent of a contract, its data in order. */
  sentOf(contract: ContractClass): object[] {
    return this.sent.filter((one) => one.contract === contract).map(({ data }) => data);
  }

  nextId(): string {
    return `input-${++inputs}`;
  }

  private outcomes() {
    const waiting = (this.record?.fanOuts ?? []).filter(
      ({ id, status }) => status === 'ready' || (status === 'open' && this.joins.get(id)?.joined === true),
    );
    return new Map(waiting.map(({ id }) => [id, outcomesOf(this.branchesOf(id))]));
  }
}

function idOf(inputId: string, contract: string, key: string): string {
  return `${inputId} ${contract} ${key}`;
}
