import type { Flow, Settlement } from '../api/answers.ts';

/** Of a flow, or of a message with a step. */
export type StateName = Flow['state'] | Settlement['state'] | 'overdue';

const SIGNS: Readonly<Record<StateName, string>> = {
  running: '▸',
  completed: '✓',
  stalled: '‖',
  failed: '✕',
  waiting: '…',
  'in-flight': '▸',
  retrying: '↻',
  done: '✓',
  'dead-lettered': '✕',
  redriven: '↺',
  unknown: '?',
  overdue: '!',
};

/** A state by its word, with a sign and a colour for the eye. */
export function State({ state }: { readonly state: StateName }) {
  return (
    <span className={`state is-${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {state.replace('in-flight', 'in flight')}
    </span>
  );
}
