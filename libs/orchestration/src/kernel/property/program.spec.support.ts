import fc from 'fast-check';
import type { Join } from '../../record.ts';

/** What an orchestration does, as a tree; and what its workers do about each command. Names are unique in a program. */
export type Program =
  | Step
  | { readonly kind: 'sequence' | 'parallel'; readonly parts: readonly Program[] }
  /** One of two ways, by which answer comes. */
  | { readonly kind: 'choice'; readonly step: Step; readonly a: Program; readonly b: Program }
  | { readonly kind: 'timer'; readonly name: string; readonly ms: number }
  | FanOut
  | HandOff;

export interface HandOff {
  readonly kind: 'handOff';
  readonly name: string;
  /** What the remote side does. */
  readonly remote: Remote;
  /** Whether the machine takes that it failed; else a person retries it. */
  readonly handled: boolean;
}

/**
 * Ends in one way or the other; ends, and its event comes only when a poll has found that; fails, as a poll finds, the
 * first time that it is handed over; says nothing until it was handed over so often.
 */
export type Remote = 'a' | 'b' | 'found' | 'fails' | { readonly silentFor: number };

export interface Step {
  readonly kind: 'step';
  readonly name: string;
  /** What its worker does. */
  readonly worker: Worker;
  /** Whether the machine takes that it failed; else a person retries it. */
  readonly handled: boolean;
}

export interface FanOut {
  readonly kind: 'fanOut';
  readonly name: string;
  readonly join: Join;
  readonly workers: readonly Worker[];
}

/**
 * Answers in one way or the other; answers a dead letter the first time; says nothing until it was sent so often; says
 * nothing until the machine, which waits a second, went on without it.
 */
export type Worker = 'a' | 'b' | 'dead letter' | { readonly silentFor: number } | 'too late';

/** Resubmissions of commands that have a deadline. */
export const RESUBMISSIONS = 2;

const worker: fc.Arbitrary<Worker> = fc.oneof(
  { arbitrary: fc.constantFrom<Worker>('a', 'b'), weight: 4 },
  { arbitrary: fc.constant<Worker>('dead letter'), weight: 1 },
  { arbitrary: fc.integer({ min: 1, max: 4 }).map((silentFor): Worker => ({ silentFor })), weight: 1 },
);

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('step' as const),
  name: fc.constant(''),
  worker: fc.oneof(
    { arbitrary: worker, weight: 8 },
    { arbitrary: fc.constant<Worker>('too late'), weight: 1 },
  ),
  handled: fc.boolean(),
});

const fanOut: fc.Arbitrary<FanOut> = fc.record({
  kind: fc.constant('fanOut' as const),
  name: fc.constant(''),
  join: fc.oneof(
    fc.constantFrom<Join>('all', 'any'),
    fc.integer({ min: 1, max: 4 }).map((quorum): Join => ({ quorum })),
  ),
  workers: fc.array(worker, { maxLength: 5 }),
});

const handOff: fc.Arbitrary<HandOff> = fc.record({
  kind: fc.constant('handOff' as const),
  name: fc.constant(''),
  remote: fc.oneof(
    { arbitrary: fc.constantFrom<Remote>('a', 'b', 'found', 'fails'), weight: 4 },
    { arbitrary: fc.integer({ min: 1, max: 2 }).map((silentFor): Remote => ({ silentFor })), weight: 1 },
  ),
  handled: fc.boolean(),
});

const timer: fc.Arbitrary<Program> = fc.record({
  kind: fc.constant('timer' as const),
  name: fc.constant(''),
  ms: fc.integer({ min: 0, max: 5_000 }),
});

const { tree } = fc.letrec<{ tree: Program }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: step, weight: 4 },
    { arbitrary: fanOut, weight: 2 },
    { arbitrary: handOff, weight: 2 },
    { arbitrary: timer, weight: 1 },
    {
      arbitrary: fc.record({
        kind: fc.constantFrom('sequence' as const, 'parallel' as const),
        parts: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
      }),
      weight: 4,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('choice' as const),
        step: step.map((one) => ({
          ...one,
          handled: false,
          worker: one.worker === 'too late' ? ('b' as const) : one.worker,
        })),
        a: tie('tree'),
        b: tie('tree'),
      }),
      weight: 2,
    },
  ),
}));

/** Programs of sequences, choices, parallel parts, fan-outs, hand-offs, timers and failures. */
export const programs: fc.Arbitrary<Program> = tree.map((program) => named(program, { last: 0 }));

function named(program: Program, count: { last: number }): Program {
  const name = (): string => `n${++count.last}`;
  switch (program.kind) {
    case 'step':
    case 'timer':
    case 'fanOut':
    case 'handOff':
      return { ...program, name: name() };
    case 'choice':
      return {
        ...program,
        step: { ...program.step, name: name() },
        a: named(program.a, count),
        b: named(program.b, count),
      };
    default:
      return { ...program, parts: program.parts.map((part) => named(part, count)) };
  }
}
