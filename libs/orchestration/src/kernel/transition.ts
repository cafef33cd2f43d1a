import type { AnyActorScope, AnyMachineSnapshot, EventObject, ExecutableActionObject } from 'xstate';
import type { CompiledMachine } from '../definition/definition.ts';
import { MachineActionError, MachineError, MachineFault, SnapshotVersionError } from '../errors.ts';
import { change, type Draft } from './draft.ts';
import { carryOut } from './intents.ts';
import { freezePlain, plain } from './plain.ts';
import { restored, stored } from './state.ts';

/**
 * Begins the machine.
 * @throws MachineFault
 */
export function begin(draft: Draft, data: unknown): void {
  const { compiled } = draft;
  const actions: ExecutableActionObject[] = [];
  const state = guarded('its start', () => {
    const first: AnyMachineSnapshot = compiled.machine.getInitialSnapshot(
      scope(compiled, actions),
      plain(data),
    );
    if (first.status === 'error') throw first.error;
    return first;
  });
  enter(draft, state, actions, 'its start');
}

/**
 * Gives an event to the machine, when it takes it in its present state: by a transition, or by one that says that it is
 * to be ignored.
 * @throws MachineFault
 */
export function offer(draft: Draft, event: EventObject): boolean {
  const { compiled } = draft;
  const { machine } = compiled;
  const state = stateOf(draft);
  if (state === undefined || state.status !== 'active') return false;
  const actions: ExecutableActionObject[] = [];
  const next = guarded(event.type, (): AnyMachineSnapshot | undefined => {
    if (machine.getTransitionData(state, event).length === 0) return undefined;
    return machine.transition(state, event, scope(compiled, actions));
  });
  if (next === undefined) return false;
  enter(draft, next, actions, event.type);
  return true;
}

/** The machine's present state in XState's form; undefined before it began. */
export function stateOf(draft: Draft): AnyMachineSnapshot | undefined {
  const { record, compiled } = draft;
  if (record.snapshot === null) return undefined;
  if (draft.state !== undefined) return draft.state;
  try {
    draft.state = restored(compiled, record.snapshot);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new SnapshotVersionError(
      record.orchestration,
      record.id,
      record.version,
      `its state is none of that machine (${said}). A machine that differs is another version`,
      { cause },
    );
  }
  return draft.state;
}

/**
 * Where XState notes the actions of a transition instead of carrying them out. Its own pure functions make an actor for
 * each call, and that computes the machine's first state anew: more than half of what a transition cost.
 */
function scope({ actor }: CompiledMachine, actions: ExecutableActionObject[]): AnyActorScope {
  return {
    self: actor,
    id: actor.id,
    sessionId: actor.sessionId,
    system: actor.system,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: (action) => void actions.push(action),
  };
}

function nothing(): void {}

function enter(
  draft: Draft,
  state: AnyMachineSnapshot,
  actions: readonly ExecutableActionObject[],
  at: string,
): void {
  if (Object.keys(state.children).length > 0)
    throw new MachineActionError('spawn', `was used at ${at}: dispatch a command instead`);
  freezePlain(state.context, 'context');
  draft.state = state;
  draft.moved = true;
  change(draft, { snapshot: stored(state) });
  guarded(at, () => carryOut(draft, actions));
}

function guarded<T>(at: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MachineFault ? error : new MachineError(at, error);
  }
}
