import { MachineError, OrchestrationLimitError } from '../errors.ts';
import { MOST_TIMERS } from '../limits.ts';
import { hasEnded, type InstanceRecord, type TimerRecord } from '../record.ts';
import { change, type Draft, drop, revisionOf } from './draft.ts';
import { freezePlain } from './plain.ts';

const LONGEST_DELAY = 3_650 * 86_400_000;

/** Past by so much, a wake-up is taken as lost, and armed again with the next input. */
const OVERDUE_MS = 300_000;

/**
 * Arms a timer for a delayed event. One without a delay is XState's own matter.
 * @throws MachineFault
 */
export function arm(
  draft: Draft,
  {
    id,
    delay,
    event,
  }: { readonly id?: string; readonly delay?: number; readonly event: { readonly type: string } },
): void {
  if (delay === undefined) return;
  if (!(delay >= 0 && delay <= LONGEST_DELAY))
    throw new MachineError(event.type, new Error(`a delay of ${delay} ms is not between 0 and ten years`));
  freezePlain(event, `event ${event.type}`);
  const { timers } = draft.record;
  const timer: TimerRecord = {
    id: id ?? `${event.type}#${revisionOf(draft)}.${timers.length}`,
    at: new Date(draft.now.getTime() + delay).toISOString(),
    armed: revisionOf(draft),
    event,
  };
  const armed = [...timers.filter((one) => one.id !== timer.id), timer];
  if (armed.length > MOST_TIMERS) throw new OrchestrationLimitError('timers', armed.length, MOST_TIMERS);
  change(draft, { timers: armed });
}

export function disarm(draft: Draft, id: string): void {
  if (draft.record.timers.some((timer) => timer.id === id))
    change(draft, { timers: draft.record.timers.filter((timer) => timer.id !== id) });
}

/** The timer that is due first; undefined while none is, or while the machine is halted. */
export function dueTimer({ record, now }: Draft): TimerRecord | undefined {
  if (record.halted !== undefined) return undefined;
  const due = record.timers.filter(({ at }) => Date.parse(at) <= now.getTime());
  return due.reduce<TimerRecord | undefined>(
    (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
    undefined,
  );
}

/**
 * Says when a wake-up is to be armed, if one is: when something is due before the one that is armed, or when that one
 * has fired. An armed one is not taken back; it comes too early for anything then.
 * @param woken the input in hand is the wake-up that is armed, be it early by the clock of this machine
 */
export function armWakeUp(draft: Draft, woken: boolean): Date | undefined {
  const { record, now } = draft;
  const earliest = hasEnded(record) ? undefined : earliestDue(record);
  const armed = record.wakeAt === undefined ? undefined : Date.parse(record.wakeAt);
  const fired = armed !== undefined && (woken || armed <= now.getTime() - OVERDUE_MS);
  if (earliest === undefined) {
    if (fired || hasEnded(record)) drop(draft, 'wakeAt');
    return undefined;
  }
  if (armed !== undefined && !fired && armed <= earliest) return undefined;
  const at = new Date(earliest);
  change(draft, { wakeAt: at.toISOString() });
  return at;
}

function earliestDue({ timers, commands, fanOuts, halted }: InstanceRecord): number | undefined {
  const due = [
    ...(halted === undefined ? timers.map(({ at }) => at) : []),
    ...commands.flatMap(({ status, dueAt }) => (status === 'open' && dueAt !== undefined ? [dueAt] : [])),
    ...fanOuts.flatMap(({ status, dueAt }) => (status === 'open' && dueAt !== undefined ? [dueAt] : [])),
  ];
  return due.length === 0 ? undefined : Math.min(...due.map((at) => Date.parse(at)));
}
