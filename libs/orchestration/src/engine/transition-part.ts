import { handOffOf } from '../kernel/hand-offs.ts';
import type { Input } from '../kernel/input.ts';
import type { InstanceRecord } from '../record.ts';
import { activePaths } from '../structure.ts';
import type { Ground } from './ground.ts';
import type { Decided } from './turn.ts';

/** Tells telemetry of a transition, as a part of the work on the message that it is for. */
export function tellOfTransition(
  { definition, outlet }: Ground,
  { instance, decision }: Decided,
  input: Input,
  startedAt: number,
): void {
  const { instrumentation } = outlet;
  if (instrumentation?.part === undefined) return;
  const command = commandOf(instance.record, input);
  instrumentation.part(`transition ${definition.name}`, startedAt, {
    'orchestration.name': definition.name,
    'orchestration.version': decision.record?.version ?? definition.version,
    'orchestration.input': 'contract' in input ? input.contract : input.kind,
    'orchestration.outcome': decision.outcome,
    'orchestration.state.before': stateOf(instance.record),
    'orchestration.state.after': stateOf(decision.record),
    'orchestration.status': decision.record?.status ?? '',
    ...(command !== undefined && { 'orchestration.command': command }),
  });
}

function stateOf(record: InstanceRecord | undefined): string {
  return record?.snapshot ? activePaths(record.snapshot.value).join(' ') : '';
}

function commandOf(record: InstanceRecord | undefined, input: Input): string | undefined {
  if (input.kind === 'completion') return record && handOffOf(record, input.flowId)?.name;
  const id =
    input.kind === 'event' ? input.causationId : input.kind === 'dead-letter' ? input.commandId : undefined;
  return record?.commands.find((command) => command.id === id)?.name;
}
