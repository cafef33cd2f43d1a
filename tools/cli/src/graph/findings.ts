import type { Choreography, ContractEntry } from './choreography.ts';
import { type FlowFinding, flowFindings } from './flow-paths.ts';
import { type Routes, routesOf } from './routes.ts';

/** Something that cannot be meant. docs/guides/documents.md lists the rules. */
export interface Finding {
  readonly rule:
    | 'event-unconsumed'
    | 'event-unsent'
    | 'command-unhandled'
    | 'command-handled-twice'
    | 'command-unsent'
    | 'contract-unused'
    | 'flow-undeclared'
    | 'flow-declared-twice'
    | FlowFinding['rule'];
  /** The contract in question; of a flow, the one that starts it. */
  readonly contract: string;
  /** One sentence. */
  readonly message: string;
  /** Contracts and steps by turns, from the flow's start. */
  readonly path?: readonly string[];
}

/** What is wrong with a choreography, by contract and then by flow. */
export function findingsIn(choreography: Choreography): Finding[] {
  const routes = routesOf(choreography);
  const flows = choreography.apps.flatMap(({ flows }) => flows);
  const ends = new Set(flows.flatMap((flow) => flow.ends));
  return [
    ...choreography.contracts.flatMap((contract) => contractFindings(contract, routes, ends)),
    ...undeclared(choreography),
    ...declaredTwice(choreography),
    ...flows.flatMap((flow) => flowFindings(flow, routes)),
  ];
}

function contractFindings(
  { id, kind }: ContractEntry,
  { senders, takers }: Routes,
  ends: ReadonlySet<string>,
): Finding[] {
  const [sent, taken] = [senders(id), takers(id).map(({ step }) => step)];
  if (sent.length === 0 && taken.length === 0 && !ends.has(id)) {
    return [{ rule: 'contract-unused', contract: id, message: `${id} is neither sent nor consumed.` }];
  }
  const findings: Finding[] = [];
  if (sent.length === 0) {
    const rule = kind === 'event' ? 'event-unsent' : 'command-unsent';
    const by = taken.length > 0 ? `consumed by ${list(taken)}` : 'the end of a flow';
    findings.push({ rule, contract: id, message: `${id} is ${by}, but nobody sends it.` });
  }
  if (kind === 'command' && taken.length > 1) {
    const message = `${id} is a command, which exactly one step handles; these do: ${list(taken)}.`;
    findings.push({ rule: 'command-handled-twice', contract: id, message });
  }
  if (taken.length === 0 && sent.length > 0 && !ends.has(id)) {
    const [rule, verb] =
      kind === 'event'
        ? (['event-unconsumed', 'consumes it, and it ends no flow'] as const)
        : (['command-unhandled', 'handles it'] as const);
    findings.push({ rule, contract: id, message: `${id} is sent by ${list(sent)}, but nobody ${verb}.` });
  }
  return findings;
}

/** What an app sends outside of steps is caused by no message: it opens a flow. */
function undeclared({ apps, contracts }: Choreography): Finding[] {
  const events = new Set(contracts.filter(({ kind }) => kind === 'event').map(({ id }) => id));
  return apps.flatMap(({ app, produces, flows }) =>
    produces
      .filter((id) => events.has(id) && !flows.some(({ starts }) => starts === id))
      .map((id) => ({
        rule: 'flow-undeclared' as const,
        contract: id,
        message: `${app} opens flows with ${id}, but declares no end of them: add @Flow({ starts, ends }).`,
      })),
  );
}

function declaredTwice({ apps }: Choreography): Finding[] {
  const declaring = Map.groupBy(
    apps.flatMap(({ app, flows }) => flows.map(({ starts }) => ({ app, starts }))),
    ({ starts }) => starts,
  );
  return [...declaring].flatMap(([id, by]) => {
    if (by.length === 1) return [];
    const message = `The flow of ${id} is declared by several apps: ${list(by.map(({ app }) => app))}.`;
    return [{ rule: 'flow-declared-twice' as const, contract: id, message }];
  });
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
