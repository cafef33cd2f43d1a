import type {
  BranchStatus,
  CompletionReport,
  FanOutStep,
  HandOffStep,
  MasterStatus,
  Result,
  StepStatus,
} from '@troupe/orchestration';
import { table } from '../table.ts';
import { stateText } from './text.ts';

/** A master status for people. */
export function statusLines(status: MasterStatus, app: string): string[] {
  const { progress, steps, timers, errors, compensation } = status;
  const facts: [string, string | undefined][] = [
    ['id', status.id],
    ['orchestration', `${app}/${status.orchestration}, version ${status.version}`],
    ['status', status.status],
    ['state', stateText(status.state)],
    ['progress', `${progress.done} of ${progress.total}`],
    ['started', status.startedAt],
    ['updated', status.updatedAt],
    ['ended', status.endedAt],
    ['result', status.result && resultText(status.result)],
    ['trace', status.traceId],
  ];
  const undone = compensation?.undone.map((one) => [nameOf(one.name, one.key), one.status]) ?? [];
  return [
    ...facts.flatMap(([name, value]) => (value ? [`${name.padEnd(13)} ${value}`] : [])),
    ...section('steps', rows(STEP_TITLES, steps.flatMap(stepRows))),
    ...section(
      'timers',
      timers.map(({ at, event }) => `${at}  ${event}`),
    ),
    ...section(
      'errors',
      errors.map(({ at, code, message, command, key }) => {
        const about = command === undefined ? '' : ` (${nameOf(command, key)})`;
        return `${at}  ${code}${about}: ${message}`;
      }),
    ),
    ...(compensation === undefined
      ? []
      : section(`undone (${compensation.reason}${by(compensation.by)})`, rows(['STEP', 'STATUS'], undone))),
  ];
}

const STEP_TITLES = ['STEP', 'STATUS', 'CONTRACT', 'DISPATCHED', 'DUE', 'SENT AGAIN', 'RESULT'];

function stepRows(step: StepStatus): (string | number | undefined)[][] {
  if (step.kind === 'fan-out') return fanOutRows(step);
  if (step.kind === 'hand-off') return handOffRows(step);
  const { name, status, contract, dispatchedAt, dueAt, resubmitted, result, problem } = step;
  return [
    [name, status, contract, dispatchedAt, dueAt, resubmitted || undefined, resultText(result, problem)],
  ];
}

function fanOutRows(step: FanOutStep): (string | number | undefined)[][] {
  const { name, status, total, answered, failed, contract, dispatchedAt, dueAt, resubmitted, branches } =
    step;
  const counts = `${answered} of ${total} answered${failed === 0 ? '' : `, ${failed} failed`}`;
  return [
    [name, status, contract, dispatchedAt, dueAt, resubmitted || undefined, counts],
    ...(branches ?? []).map((branch) => branchRow(name, branch)),
  ];
}

/** The flow that was opened stands below, with what is known of it. */
function handOffRows(step: HandOffStep): (string | undefined)[][] {
  const { name, status, contract, dispatchedAt, dueAt, result, problem, flowId, report } = step;
  return [
    [name, status, contract, dispatchedAt, dueAt, undefined, resultText(result, problem)],
    [`  ${flowId}`, report?.state, undefined, undefined, undefined, undefined, reportText(step, report)],
  ];
}

function reportText({ polls }: HandOffStep, report: CompletionReport | undefined): string {
  const { steps = [], deadLetters = [], durationMs, lacks = [] } = report ?? {};
  const facts = [
    polls > 0 && `polled ${polls === 1 ? 'once' : `${polls} times`}`,
    steps.length > 0 && `${steps.length} step${steps.length === 1 ? '' : 's'}`,
    durationMs !== undefined && `${durationMs} ms`,
    deadLetters.length > 0 && `${deadLetters.length} set aside`,
    ...lacks,
  ];
  return facts.filter((fact) => fact !== false).join(', ');
}

function branchRow(fanOut: string, branch: BranchStatus): (string | undefined)[] {
  const { key, status, contract, dispatchedAt, result, problem } = branch;
  return [
    `  ${nameOf(fanOut, key)}`,
    status,
    contract,
    dispatchedAt,
    undefined,
    undefined,
    resultText(result, problem),
  ];
}

function resultText(result: Result | undefined, problem?: { readonly message: string }): string {
  if (result === undefined) return problem?.message ?? '';
  return result.data === undefined ? result.contract : `${result.contract} ${JSON.stringify(result.data)}`;
}

function nameOf(name: string, key: string | undefined): string {
  return key === undefined ? name : `${name}/${key}`;
}

function by(name: string | undefined): string {
  return name === undefined ? '' : ` by ${name}`;
}

function rows(titles: readonly string[], cells: readonly (readonly (string | number | undefined)[])[]) {
  return cells.length === 0 ? [] : table(titles, cells);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
