import { type AnyStateMachine, assign, setup } from 'xstate';
import { dispatch, emit, fanOut } from '../../definition/actions.ts';
import { handOff } from '../../definition/hand-off.ts';
import type { BranchOutcome } from '../../definition/messages.ts';
import {
  ItemMissing,
  ItemPicked,
  ItemReturned,
  ParcelConsigned,
  ParcelDelivered,
  ParcelLost,
  ParcelReady,
  PickItem,
  PutBack,
} from '../../shop.spec.support.ts';
import { type FanOut, type HandOff, type Program, RESUBMISSIONS, type Step } from './program.spec.support.ts';

interface Context {
  readonly log: Readonly<Record<string, string>>;
}

/** The machine of a program. Its context's `log` says what each part came to. */
export function machineOf(program: Program): AnyStateMachine {
  return setup({ types: { context: {} as Context } }).createMachine({
    id: 'program',
    context: { log: {} },
    initial: 'program',
    states: {
      program: { ...stateOf(program), onDone: 'end' },
      end: { type: 'final', entry: emit(ParcelReady, () => ({ parcel: 'p' })) },
    },
  } as never) as unknown as AnyStateMachine;
}

type Config = Record<string, unknown>;

const FINAL = { type: 'final' };

function stateOf(program: Program): Config {
  switch (program.kind) {
    case 'timer':
      return one({ after: { [program.ms]: { target: 'd', actions: logged(program.name, () => 'fired') } } });
    case 'step':
      return one(stepState(program, 'd', 'd'));
    case 'fanOut':
      return one(fanOutState(program));
    case 'handOff':
      return one(handOffState(program));
    case 'choice':
      return {
        initial: 'w',
        states: {
          w: stepState(program.step, 'a', 'b'),
          a: { ...stateOf(program.a), onDone: 'd' },
          b: { ...stateOf(program.b), onDone: 'd' },
          d: FINAL,
        },
      };
    case 'parallel':
      return {
        initial: 'w',
        states: {
          w: {
            type: 'parallel',
            states: Object.fromEntries(program.parts.map((part, index) => [`p${index}`, stateOf(part)])),
            onDone: 'd',
          },
          d: FINAL,
        },
      };
    case 'sequence':
      return {
        initial: 'p0',
        states: {
          ...Object.fromEntries(
            program.parts.map((part, index) => [
              `p${index}`,
              { ...stateOf(part), onDone: index + 1 < program.parts.length ? `p${index + 1}` : 'd' },
            ]),
          ),
          d: FINAL,
        },
      };
  }
}

function one(state: Config): Config {
  return { initial: 'w', states: { w: state, d: FINAL } };
}

function stepState({ name, worker, handled }: Step, a: string, b: string): Config {
  const mine = ({ event }: { event: { command?: { name: string } } }) => event.command?.name === name;
  const waits = worker === 'too late';
  return {
    entry: dispatch(PickItem, () => ({ item: name }), {
      name,
      answers: [ItemPicked, ItemMissing],
      ...(waits ? {} : { within: '10s', resubmit: RESUBMISSIONS }),
      undo: { command: PutBack, answers: [ItemReturned], data: ({ answer }) => ({ item: answer.item }) },
    }),
    on: {
      'item.picked': { guard: mine, target: a, actions: logged(name, () => 'a') },
      'item.missing': { guard: mine, target: b, actions: logged(name, () => 'b') },
      ...(handled && {
        'command.failed': { guard: mine, target: 'd', actions: logged(name, () => 'failed') },
      }),
    },
    ...(waits && { after: { 1000: { target: 'd', actions: logged(name, () => 'timed out') } } }),
  };
}

function fanOutState({ name, join, workers }: FanOut): Config {
  return {
    entry: fanOut(
      name,
      () => workers.map((_, index) => ({ key: `${index}`, data: { item: `${name}/${index}` } })),
      {
        command: PickItem,
        answers: [ItemPicked, ItemMissing],
        join,
        within: '10s',
        resubmit: RESUBMISSIONS,
        undo: { command: PutBack, answers: [ItemReturned], data: ({ answer }) => ({ item: answer.item }) },
      },
    ),
    on: {
      [`${name}.joined`]: {
        target: 'd',
        actions: logged(name, ({ outcomes }) => (join === 'all' ? all(outcomes) : some(outcomes, join))),
      },
    },
  };
}

function handOffState({ name, handled }: HandOff): Config {
  return {
    entry: handOff(ParcelConsigned, () => ({ parcel: name }), {
      name,
      ends: [ParcelDelivered, ParcelLost],
      within: '10s',
      polls: 2,
      every: '5s',
      undo: { command: PutBack, answers: [ItemReturned], data: ({ answer }) => ({ item: answer.parcel }) },
    }),
    on: {
      [`${name}.completed`]: {
        target: 'd',
        actions: logged(name, ({ contract }) => (contract === 'parcel.lost.v1' ? 'b' : 'a')),
      },
      ...(handled && { [`${name}.failed`]: { target: 'd', actions: logged(name, () => 'failed') } }),
    },
  };
}

function all(outcomes: readonly BranchOutcome[]): string {
  return outcomes.map(outcome).join(' ');
}

function some(outcomes: readonly BranchOutcome[], join: FanOut['join']): string {
  const answered = outcomes.filter(({ status }) => status === 'answered').length;
  return answered >= (typeof join === 'object' ? join.quorum : 1) ? 'enough' : 'too few';
}

function outcome(branch: BranchOutcome): string {
  if (branch.status !== 'answered') return branch.status;
  return branch.contract === 'item.missing.v1' ? 'b' : 'a';
}

function logged(
  name: string,
  say: (event: { outcomes: readonly BranchOutcome[]; contract: string }) => string,
) {
  return assign({
    log: ({ context, event }: { context: Context; event: unknown }) => ({
      ...context.log,
      // A part that is come to twice would show.
      [name]: (context.log[name] ?? '') + say(event as never),
    }),
  } as never);
}
