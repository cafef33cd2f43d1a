import { contractOf } from '@troupe/contract';
import { next } from '@troupe/jetstream';
import { definitionOf } from '../../definition/definition.ts';
import type { OrchestrationOptions } from '../../definition/orchestration.ts';
import { OrchestrationWake } from '../../direct.ts';
import type {
  BranchRecord,
  CommandRecord,
  FanOutRecord,
  InstanceRecord,
  WholeMessage,
} from '../../record.ts';
import { emptyReport } from '../../report.ts';
import {
  ItemMissing,
  ItemPicked,
  ItemReturned,
  ParcelConsigned,
  ParcelDelivered,
  ParcelDropped,
  ParcelLost,
  ParcelReady,
  ParcelRequested,
  PickItem,
  PutBack,
} from '../../shop.spec.support.ts';
import { type BranchEnd, countBranch, endBranch, fanOutsToGiveUp, outcomesOf } from '../branches.ts';
import { decide } from '../decide.ts';
import { handOffsToPoll } from '../hand-offs.ts';
import type { Decision, Input, Poll } from '../input.ts';
import { branchMessage, pendingIn, wholeOf } from '../messages.ts';
import { Broker, Chance, type OrchestratorInput } from './broker.spec.support.ts';
import { machineOf } from './machine.spec.support.ts';
import type { Program, Remote, Worker } from './program.spec.support.ts';

/** The orchestrator's process ended here; what it had kept and sent stays. */
class Crash extends Error {}

const MOST_CRASHES = 80;
const MOST_TURNS = 5_000;

/**
 * An orchestrator that dies at any point between two effects, its workers, which do everything once and sometimes say so
 * twice, and a person who retries what is suspended. Kept is only what is in its maps, as JSON.
 */
export class World {
  readonly #definition;
  readonly #chance: Chance;
  readonly #broker: Broker;
  readonly #workers: ReadonlyMap<string, Worker>;
  readonly #remotes: ReadonlyMap<string, Remote>;
  readonly #sends = new Map<string, number>();
  #crashes = 0;
  #requests = 0;
  #turns = 0;
  #stored: string | undefined;
  readonly #branches = new Map<string, string>();
  readonly #joins = new Map<string, string>();
  readonly #undoing = new Map<string, BranchRecord[]>();

  /** Ids of the commands that came to workers, by what they are for; those that undo apart. */
  readonly commands = new Map<string, Set<string>>();
  readonly undos = new Map<string, Set<string>>();
  /** What was answered, so that it is to be undone after a cancellation. */
  readonly done = new Set<string>();
  readonly ends = new Set<string>();

  /** @param cancelAt the how manieth message a person's cancellation comes with */
  constructor(
    program: Program,
    seed: number,
    private readonly cancelAt = Number.POSITIVE_INFINITY,
  ) {
    this.#chance = new Chance(seed);
    this.#broker = new Broker(this.#chance);
    this.#workers = workersOf(program);
    this.#remotes = remotesOf(program);
    this.#definition = definitionOf(optionsOf(program));
  }

  get record(): InstanceRecord | undefined {
    return this.#stored === undefined ? undefined : JSON.parse(this.#stored);
  }

  /** Until nothing is under way any more. */
  run(): void {
    this.#broker.send({
      kind: 'start',
      inputId: 'start',
      instanceId: 'flow',
      data: { parcel: 'p', items: [] },
    });
    while (this.#turns++ < MOST_TURNS) {
      if (this.#turns === this.cancelAt) this.#ask('cancel');
      const input = this.#broker.next();
      if (input === undefined) {
        if (this.record?.status === 'suspended') this.#ask('retry');
        else if (!this.#broker.pass()) return;
        continue;
      }
      try {
        this.#process(input);
        this.#mayCrash();
        this.#broker.acknowledge(input);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.#undoing.clear();
      }
    }
    throw new Error(`not at rest after ${MOST_TURNS} turns`);
  }

  #ask(request: 'retry' | 'cancel'): void {
    this.#broker.send({ kind: 'request', inputId: `${request} ${++this.#requests}`, request });
  }

  /** As the engine does it: load, publish what is pending, decide, write, publish. */
  #process(input: OrchestratorInput): void {
    const record = this.record;
    if (record !== undefined) this.#publish(record);
    const toDecide = record === undefined ? input : this.#counted(record, input);
    if (toDecide === undefined) return;
    const decision = this.#decide(record, record === undefined ? toDecide : this.#polled(record, toDecide));
    if (!decision.changed || decision.record === undefined) return;
    const kept = this.#keep(decision.record, decision);
    this.#publish(kept);
  }

  #polled(record: InstanceRecord, input: Input): Input {
    if (input.kind !== 'wake') return input;
    const due = handOffsToPoll(record, new Date(this.#broker.now));
    return { ...input, polls: new Map(due.map((command) => [command.id, this.#poll(command)])) };
  }

  #poll({ id, name, handOff }: CommandRecord): Poll {
    const report = emptyReport(handOff?.flowId ?? '', 'no ledger');
    const remote = this.#remotes.get(name);
    if (remote === 'fails' && this.#sends.get(id) === 1) return { report, found: 'failed' };
    if (remote !== 'found') return { report };
    const end = { contract: contractOf(ParcelDelivered).id, data: { parcel: name } };
    return { report, found: { ...end, messageId: `end of ${id}` } };
  }

  #decide(record: InstanceRecord | undefined, input: Input): Decision {
    let decision = decide(this.#definition, record, input, {
      now: new Date(this.#broker.now),
      idOf: (contract, key) => `${input.inputId} > ${contract} ${key}`,
      outcomes: this.#outcomes(record),
    });
    while (decision.wants !== undefined) {
      const { fanOut, below } = decision.wants;
      decision = decision.wants.give(this.#lastToUndo(fanOut, below));
    }
    return decision;
  }

  /** Looks into what it read before, as long as there is something left in it. */
  #lastToUndo(fanOut: string, below: number): BranchRecord | undefined {
    const last = (branches: readonly BranchRecord[] = []) =>
      branches.findLast(({ undo, index }) => undo !== undefined && index < below);
    const known = last(this.#undoing.get(fanOut));
    if (known !== undefined) return known;
    const branches = this.#branchesOf(fanOut);
    this.#undoing.set(fanOut, branches);
    return last(branches);
  }

  /** Ends branches first, and counts them: what is left for the instance is that a fan-out has joined. */
  #counted(record: InstanceRecord, input: OrchestratorInput): Input | undefined {
    if (input.kind === 'wake') {
      for (const { id } of fanOutsToGiveUp(this.#definition, record, new Date(this.#broker.now))) {
        const failure = {
          kind: 'failure',
          inputId: input.inputId,
          reason: 'unanswered',
          message: 'No.',
        } as const;
        for (const branch of this.#branchesOf(id)) this.#end(record, branch, failure, true);
      }
      return input;
    }
    const command =
      input.kind === 'event' ? input.causationId : input.kind === 'dead-letter' && input.commandId;
    const stored = this.#branches.get(command || '');
    if (stored === undefined) return input;
    const { inputId } = input;
    const end: BranchEnd =
      input.kind === 'dead-letter'
        ? { kind: 'failure', inputId, reason: input.reason, message: input.message }
        : { ...(input as Input & { kind: 'event' }), kind: 'answer' };
    const branch = this.#end(record, JSON.parse(stored), end);
    if (branch === undefined) return undefined;
    if (record.compensation !== undefined) return { kind: 'branch-answered', inputId, branch };
    const join = JSON.parse(this.#joins.get(branch.fanOut) as string) as FanOutRecord;
    return join.joined ? { kind: 'joined', inputId } : undefined;
  }

  /** @param counts also a branch that another message ended, whose process may have died before it was counted */
  #end(
    record: InstanceRecord,
    branch: BranchRecord,
    end: BranchEnd,
    counts = false,
  ): BranchRecord | undefined {
    const ended = endBranch(this.#definition, record, branch, end, new Date(this.#broker.now));
    if (ended === undefined && branch.endedBy !== end.inputId && !counts) return undefined;
    if (ended !== undefined) this.#write(this.#branches, ended.id, ended);
    const kept = ended ?? branch;
    const join = JSON.parse(this.#joins.get(kept.fanOut) as string) as FanOutRecord;
    this.#write(this.#joins, kept.fanOut, countBranch(join, kept));
    return kept;
  }

  #outcomes(record: InstanceRecord | undefined) {
    const waiting = (record?.fanOuts ?? []).filter(({ id, status }) => {
      const join = JSON.parse(this.#joins.get(id) as string) as FanOutRecord;
      return status === 'ready' || (status === 'open' && join.joined);
    });
    return new Map(waiting.map(({ id }) => [id, outcomesOf(this.#branchesOf(id))]));
  }

  #keep(record: InstanceRecord, { fanOuts, messages }: Decision): InstanceRecord {
    for (const { fanOut, branches } of fanOuts) {
      for (const branch of branches) this.#write(this.#branches, branch.id, branch);
      this.#write(this.#joins, fanOut.id, fanOut);
    }
    const pending = messages.map((message) => pendingIn(record, message));
    this.#mayCrash();
    this.#stored = JSON.stringify({ ...record, pending });
    this.#mayCrash();
    return JSON.parse(this.#stored);
  }

  #publish(record: InstanceRecord): void {
    for (const pending of record.pending) {
      const message = wholeOf(record, pending);
      if (message !== undefined) this.#deliver(message);
      this.#mayCrash();
    }
    for (const { id, status, sends } of record.fanOuts) {
      const join = JSON.parse(this.#joins.get(id) as string) as FanOutRecord;
      if (status !== 'open' || join.sent >= sends) continue;
      for (const branch of this.#branchesOf(id)) {
        const message = branchMessage(branch, sends);
        if (message === undefined) continue;
        this.#deliver(message);
        this.#mayCrash();
      }
      const latest = JSON.parse(this.#joins.get(id) as string) as FanOutRecord;
      this.#write(this.#joins, id, { ...latest, sent: sends });
    }
  }

  #deliver({ contract, id, data: payload, sends = 1 }: WholeMessage): void {
    const data = payload as { at: string; item: string; parcel: string };
    if (contract === contractOf(OrchestrationWake).id) {
      this.#broker.send(
        { kind: 'wake', inputId: id, at: data.at },
        Math.max(this.#broker.now, Date.parse(data.at)),
      );
      return;
    }
    if (!this.#broker.take(`published ${id} ${sends}`)) return;
    if (contract === contractOf(PickItem).id) this.#work(id, data.item);
    else if (contract === contractOf(PutBack).id) this.#undo(id, data.item);
    else if (contract === contractOf(ParcelConsigned).id) this.#consign(id, data.parcel);
    else this.ends.add(`${contract} ${id}`);
  }

  #work(id: string, item: string): void {
    noted(this.commands, item, id);
    const sends = (this.#sends.get(id) ?? 0) + 1;
    this.#sends.set(id, sends);
    const worker = this.#workers.get(item) ?? 'a';
    if (worker === 'dead letter' && sends === 1) {
      const letter = { reason: 'terminal-error', message: 'No.' };
      this.#broker.send({ kind: 'dead-letter', inputId: `letter of ${id}`, commandId: id, ...letter });
      return;
    }
    if (typeof worker === 'object' && sends <= worker.silentFor) return;
    this.done.add(item);
    const contract = contractOf(worker === 'b' ? ItemMissing : ItemPicked).id;
    const from = this.#broker.now + (worker === 'too late' ? 2_000 : 0);
    const answers = this.#chance.below(5) === 0 ? ['answer', 'another answer'] : ['answer'];
    for (const answer of answers) {
      const inputId = `${answer} to ${id}`;
      this.#broker.send({ kind: 'event', inputId, contract, data: { item }, causationId: id }, from);
    }
  }

  /** What a remote side does takes place as soon as it is handed over; of some of it no event comes before a poll. */
  #consign(id: string, parcel: string): void {
    noted(this.commands, parcel, id);
    const sends = (this.#sends.get(id) ?? 0) + 1;
    this.#sends.set(id, sends);
    const remote = this.#remotes.get(parcel);
    if (remote === 'fails' && sends === 1) return;
    if (typeof remote === 'object' && sends <= remote.silentFor) return;
    this.done.add(parcel);
    const flowId = this.record?.commands.find((one) => one.id === id)?.handOff?.flowId ?? '';
    const contract = contractOf(remote === 'b' ? ParcelLost : ParcelDelivered).id;
    const from = this.#broker.now + (remote === 'found' ? 60_000 : 0);
    const ends = this.#chance.below(5) === 0 ? ['end', 'another end'] : ['end'];
    for (const end of ends)
      this.#broker.send(
        { kind: 'completion', inputId: `${end} of ${id}`, contract, data: { parcel }, flowId },
        from,
      );
  }

  #undo(id: string, item: string): void {
    noted(this.undos, item, id);
    const contract = contractOf(ItemReturned).id;
    this.#broker.send({
      kind: 'event',
      inputId: `answer to ${id}`,
      contract,
      data: { item },
      causationId: id,
    });
  }

  #branchesOf(fanOut: string): BranchRecord[] {
    return [...this.#branches.values()]
      .map((text) => JSON.parse(text) as BranchRecord)
      .filter((branch) => branch.fanOut === fanOut)
      .sort((one, other) => one.index - other.index);
  }

  #write(keys: Map<string, string>, key: string, value: unknown): void {
    this.#mayCrash();
    keys.set(key, JSON.stringify(value));
    this.#mayCrash();
  }

  #mayCrash(): void {
    if (this.#crashes >= MOST_CRASHES || this.#chance.below(12) > 0) return;
    this.#crashes++;
    throw new Crash();
  }
}

function noted(ids: Map<string, Set<string>>, item: string, id: string): void {
  ids.set(item, (ids.get(item) ?? new Set()).add(id));
}

function workersOf(program: Program): Map<string, Worker> {
  switch (program.kind) {
    case 'step':
      return new Map([[program.name, program.worker]]);
    case 'fanOut':
      return new Map(program.workers.map((worker, index) => [`${program.name}/${index}`, worker]));
    case 'choice':
      return new Map([program.step, program.a, program.b].flatMap((part) => [...workersOf(part)]));
    case 'timer':
    case 'handOff':
      return new Map();
    default:
      return new Map(program.parts.flatMap((part) => [...workersOf(part)]));
  }
}

function remotesOf(program: Program): Map<string, Remote> {
  if (program.kind === 'handOff') return new Map([[program.name, program.remote]]);
  const parts = program.kind === 'choice' ? [program.a, program.b] : 'parts' in program ? program.parts : [];
  return new Map(parts.flatMap((part) => [...remotesOf(part)]));
}

function optionsOf(program: Program): OrchestrationOptions {
  return {
    name: 'program',
    version: 1,
    machine: machineOf(program),
    starts: ParcelRequested,
    commands: [PickItem, PutBack],
    emits: [ParcelConsigned, ParcelReady, ParcelDropped],
    from: 'now',
    ends: { cancelled: () => next(ParcelDropped, { parcel: 'p' }) },
  };
}
