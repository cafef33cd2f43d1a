import { causeOf, emitterOf } from './cause.ts';
import { type Carrier, type Course, type Durable, type Queue, retriesOf, settlementOf } from './course.ts';
import { dueOf, type Expectations, type ExpectedStep } from './expectation.ts';
import type { MessageNode, Overdue, StepNode } from './flow.ts';
import type { Message } from './message.ts';
import { type FlowRecord, isDirect, type StoredMessage } from './record.ts';
import { isSettled } from './settlement.ts';

/** What a flow is judged by. */
export interface Judgement {
  readonly expectations: Expectations;
  /** Consumers by the ledger's number, those that are gone too. */
  readonly durables: ReadonlyMap<number, Durable>;
  readonly lettersSince: number;
  readonly now: number;
}

/** One message × step with all that is known of it. */
export interface Task {
  readonly message: StoredMessage;
  readonly expected: ExpectedStep;
  readonly course: Course;
}

/** Every message × step of a flow. */
export function tasksOf(record: FlowRecord, { expectations, durables, lettersSince }: Judgement): Task[] {
  const evidence = Map.groupBy(record.evidence, ({ pos }) => pos);
  const copies = Map.groupBy(
    record.messages.filter(({ of }) => of !== undefined),
    ({ of }) => of,
  );
  const originals = new Set(record.messages.filter(isOwn).map(({ pos }) => pos));
  const carrierOf = (message: StoredMessage, durable: Durable | undefined, editedId?: string): Carrier => ({
    seq: message.seq,
    at: message.at,
    due: message.due,
    attempt: message.attempt,
    letter: message.letter,
    editedId,
    durable,
    evidence: durable && evidence.get(message.pos)?.find((entry) => entry.durable === durable.n),
  });

  const ofMessage = (message: StoredMessage): Task[] => {
    const steps = stepsOf(message);
    return steps.map((expected) => {
      const { step } = expected;
      const delayed = expectations.delayedOf(step);
      const about = (copies.get(message.pos) ?? []).filter(({ target }) => target === step);
      const own = isOwn(message) ? [carrierOf(message, expected.durable)] : [];
      const others = about.map((copy) =>
        carrierOf(copy, delayed, copy.id === message.id ? undefined : copy.id),
      );
      const letters = record.letters.filter(
        ({ of, step: letterStep, id }) =>
          of === message.pos && letterStep === step && (id === undefined || id === message.id),
      );
      return { message, expected, course: { carriers: [...own, ...others], letters, lettersSince } };
    });
  };

  /** Those that are expected, and those that are heard of all the same. */
  const stepsOf = (message: StoredMessage): ExpectedStep[] => {
    const steps = isOwn(message) ? expectedOf(message) : [];
    const known = new Set(steps.map(({ step }) => step));
    const add = (step: string, durable?: Durable): void => {
      if (known.has(step)) return;
      known.add(step);
      steps.push({ step, app: appOf(step), emits: [], within: undefined, durable });
    };
    for (const { durable } of evidence.get(message.pos) ?? []) {
      const found = durables.get(durable);
      if (found !== undefined) add(found.step, found);
    }
    for (const { of, step } of record.letters) if (of === message.pos) add(step);
    for (const { target } of copies.get(message.pos) ?? []) if (target !== undefined) add(target);
    return steps;
  };

  /** One that is for one step alone waits in the app's own stream. */
  const expectedOf = (message: StoredMessage): ExpectedStep[] => {
    const { target: step = '' } = message;
    if (!isDirect(message)) return expectations.stepsOf(message);
    return [{ step, app: appOf(step), emits: [], within: undefined, durable: expectations.delayedOf(step) }];
  };

  return [
    ...record.messages.filter(isOwn).flatMap(ofMessage),
    ...takenPlaces(record, copies, originals).flatMap(ofCopies),
  ];

  /** What an edit sent, and what is left of a message whose original was purged. */
  function ofCopies([first, ...later]: [StoredMessage, ...StoredMessage[]]): Task[] {
    const { target: step = '', of, id } = first;
    const expected = {
      step,
      app: appOf(step),
      emits: [],
      within: undefined,
      durable: expectations.delayedOf(step),
    };
    const carriers = [first, ...later].map((copy) => carrierOf(copy, expected.durable));
    const letters = record.letters.filter(
      (letter) => letter.of === of && letter.step === step && letter.id === id,
    );
    return [{ message: first, expected, course: { carriers, letters, lettersSince } }];
  }
}

/** Also of a consumer that is not the platform's, whose name may be anything: `foreign__Audit`. */
function appOf(step: string): string {
  return step.slice(0, step.indexOf('__'));
}

/** No copy, and no direct message that has not fired yet: that waits for nobody. */
function isOwn(message: StoredMessage): boolean {
  return message.of === undefined && !(isDirect(message) && message.due !== undefined);
}

/** Copies that stand for themselves, by the message that they are. */
function takenPlaces(
  { messages }: FlowRecord,
  copies: ReadonlyMap<number | undefined, readonly StoredMessage[]>,
  originals: ReadonlySet<number>,
): [StoredMessage, ...StoredMessage[]][] {
  const ids = new Map(messages.filter(isOwn).map(({ pos, id }) => [pos, id]));
  const groups: [StoredMessage, ...StoredMessage[]][] = [];
  for (const [of, about] of copies) {
    const standing = about.filter(({ id }) => of === undefined || !originals.has(of) || ids.get(of) !== id);
    for (const group of Map.groupBy(standing, ({ id, target }) => `${target} ${id}`).values()) {
      const [first, ...later] = group;
      if (first !== undefined) groups.push([first, ...later]);
    }
  }
  return groups;
}

/** The messages of a flow as a tree, each step with what it emitted. */
export function treeOf(tasks: readonly Task[], record: FlowRecord, queue: Queue, now: number): MessageNode[] {
  const standing = new Set(tasks.map(({ message }) => message));
  for (const message of record.messages) if (isOwn(message)) standing.add(message);
  const messages = [...standing].sort((a, b) => a.pos - b.pos);
  const tasksBy = Map.groupBy(tasks, ({ message }) => message);
  const takes = (message: StoredMessage, step: string): boolean =>
    tasksBy.get(message)?.some(({ expected }) => expected.step === step) === true;
  const byId = Map.groupBy(messages, ({ id }) => id);
  const children = Map.groupBy(messages, (message) => causeOf(message, byId, takes));

  const shown = new Set<StoredMessage>();
  const nodeOf = (message: StoredMessage): MessageNode => {
    shown.add(message);
    const caused = (children.get(message) ?? []).filter((child) => !shown.has(child));
    const own = tasksBy.get(message) ?? [];
    const emitted = (step: string): StoredMessage[] => caused.filter((child) => emitterOf(child) === step);
    const steps = own.map(({ expected, course }): StepNode => {
      const settlement = settlementOf(course, queue);
      const { step, app } = expected;
      const overdue = isSettled(settlement) ? undefined : overdueOf(expected, message.at, now);
      const retries = retriesOf(course);
      return { step, app, settlement, retries, overdue, emitted: emitted(step).map(nodeOf) };
    });
    const taken = new Set(own.flatMap(({ expected }) => emitted(expected.step)));
    return {
      message: shownOf(message),
      steps,
      next: caused.filter((child) => !taken.has(child)).map(nodeOf),
    };
  };
  const roots = (children.get(undefined) ?? []).map(nodeOf);
  // Foreign messages may cause one another in a circle, which no root leads to.
  for (const message of messages) if (!shown.has(message)) roots.push(nodeOf(message));
  return roots;
}

/** A message without what only the ledger needs. */
function shownOf(message: StoredMessage): Message {
  const { id, source, type, flow, cause, stream, seq, at, saidAt, size, trace, app, emittedBy } = message;
  const shown = { id, source, type, flow, cause, stream, seq, at, saidAt, size, trace, app, emittedBy };
  return isDirect(message) ? { ...shown, direct: true } : shown;
}

function overdueOf(expected: ExpectedStep, at: number, now: number): Overdue | undefined {
  const due = dueOf(expected, at);
  return due === undefined || due >= now ? undefined : { byMs: now - due, expected: expected.emits };
}
