import { type AnyMachineSnapshot, type EventObject, initialTransition, transition } from 'xstate';
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
  const { machine } = draft.compiled;
  const step = guarded('its start', () => {
    const [state, actions] = initialTransition(machine, plain(data));
    if ((state as AnyMachineSnapshot).status === 'error') throw state.error;
    return [state, actions] as const;
  });
  enter(draft, ...step, 'its start');
}

/**
 * Gives an event to the machine, when it takes it in its present state: by a transition, or by one that says that it is
 * to be ignored.
 * @throws MachineFault
 */
export function offer(draft: Draft, event: EventObject): boolean {
  const { machine } = draft.compiled;
  const state = stateOf(draft);
  if (state === undefined || state.status !== 'active') return false;
  const step = guarded(event.type, () => {
    if (machine.getTransitionData(state, event).length === 0) return undefined;
    return transition(machine, state, event);
  });
  if (step === undefined) return false;
  enter(draft, ...step, event.type);
  return true;
}

/** The machine's present state in XState's form; undefined before it began. */
export function stateOf(draft: Draft): AnyMachineSnapshot | undefined {
  const { record, compiled } = draft;
  if (record.snapshot === null) return undefined;
  if (draft.state !== undefined) return draft.state;
  try {
    draft.state = restored(compiled.machine, record.snapshot);
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

type Actions = readonly {
  readonly type: string;
  readonly info: unknown;
  readonly params: unknown;
  readonly exec: unknown;
}[];

function enter(draft: Draft, state: AnyMachineSnapshot, actions: unknown, at: string): void {
  if (Object.keys(state.children).length > 0)
    throw new MachineActionError('spawn', `was used at ${at}: dispatch a command instead`);
  freezePlain(state.context, 'context');
  draft.state = state;
  draft.moved = true;
  change(draft, { snapshot: stored(state) });
  guarded(at, () => carryOut(draft, actions as Actions));
}

function guarded<T>(at: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MachineFault ? error : new MachineError(at, error);
  }
}
