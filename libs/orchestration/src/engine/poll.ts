import { contractOf } from '@troupe/contract';
import type { MachineContext } from 'xstate';
import type { HandOffSpec } from '../definition/command-spec.ts';
import type { StatusGiven } from '../definition/hand-off.ts';
import type { Poll } from '../kernel/input.ts';
import { ask, NoAnswer } from './ask.ts';
import { endIn } from './master-status-end.ts';
import type { Reports } from './reports.ts';
import { type Found, taken } from './taken-end.ts';

/**
 * Asks the ledger for the ends of a flow, and the remote side how far it is, where its status has an address. When that
 * answers, its word counts for whether it failed. Never throws: what is not known is among what the report lacks.
 */
export async function poll(
  reports: Reports,
  spec: HandOffSpec,
  given: StatusGiven<MachineContext>,
): Promise<Poll> {
  const [report, remote] = await Promise.all([
    reports.withData(given.flowId, spec.ends.keys()),
    spec.status === undefined ? undefined : remoteOf(spec, spec.status, given),
  ]);
  const lacks = [...report.lacks];
  const told = { ...report, lacks };
  for (const { contract, data, messageId } of report.ends) {
    const end = taken(spec, contract, data, lacks);
    if (end !== undefined) return { report: told, found: { ...end, messageId } };
  }
  lacks.push(...(remote?.lacks ?? []));
  const ofLedger = report.state === 'failed' ? 'failed' : undefined;
  const found = remote?.isAnswered === true ? remote.found : ofLedger;
  return found === undefined ? { report: told } : { report: told, found };
}

interface Remote {
  readonly isAnswered: boolean;
  readonly found?: Found | 'failed' | undefined;
  readonly lacks: readonly string[];
}

async function remoteOf(
  spec: HandOffSpec,
  status: NonNullable<HandOffSpec['status']>,
  given: StatusGiven<MachineContext>,
): Promise<Remote> {
  const lacks: string[] = [];
  try {
    const body = await ask(typeof status === 'object' ? status.url(given) : status(given));
    if (body === undefined)
      return { isAnswered: false, lacks: ['the remote side does not know the flow (yet)'] };
    return { isAnswered: true, found: endOf(body, spec, status, lacks), lacks };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const why = error instanceof NoAnswer ? said : `could not be asked: ${said}`;
    return { isAnswered: false, lacks: [`the remote side ${why}`] };
  }
}

function endOf(
  body: unknown,
  spec: HandOffSpec,
  status: NonNullable<HandOffSpec['status']>,
  lacks: string[],
): Found | 'failed' | undefined {
  if (typeof status === 'function') return endIn(body, spec, lacks);
  const end = status.completed(body);
  if (end === undefined || end === 'failed') return end;
  return taken(spec, contractOf(end.contract).id, end.data, lacks);
}
