import { TroupeError } from '@troupe/contract';
import type { Command, Surroundings } from './command.ts';
import { conformance } from './conformance/conformance.ts';
import { check } from './contract-lock/check.ts';
import { lock } from './contract-lock/lock.ts';
import { deadLetters } from './dead-letters/commands.ts';
import { docs } from './documents/docs.ts';
import { UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { flows } from './flows/flows.ts';
import { report } from './flows/report.ts';
import { steps } from './flows/steps.ts';
import { tail } from './flows/tail.ts';
import { top } from './flows/top.ts';
import { where } from './flows/where.ts';
import { graph } from './graph/graph.ts';
import { orchestrations } from './orchestrations/commands.ts';
import { permissions } from './permissions/permissions.ts';
import { apply } from './topology/apply.ts';
import { plan } from './topology/plan.ts';
import { prune } from './topology/prune.ts';

/** The commands by their topic; one that is named like its topic has no other beside it. */
const topics: Readonly<Record<string, readonly Command[]>> = {
  where: [where],
  report: [report],
  flows: [flows],
  tail: [tail],
  steps: [steps],
  top: [top],
  'dead-letters': deadLetters,
  orchestrations,
  contracts: [check, lock, docs],
  graph: [graph],
  conformance: [conformance],
  topology: [plan, apply, prune],
  permissions: [permissions],
};

/** Runs a command line and answers with its exit code. Never rejects. */
export async function troupe(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { terminal } = surroundings;
  try {
    const [topic = '', name = '', ...rest] = args;
    if (args.length === 0 || topic === '--help') {
      terminal.out(overview());
      return args.length === 0 ? EXIT.usage : EXIT.ok;
    }
    const commands = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
    if (commands === undefined) throw new UsageError(`There is no "${topic}".\n\n${overview()}`);
    const alone = commands.find((command) => command.name === topic);
    if (alone !== undefined) return await alone.run(args.slice(1), surroundings);
    const wanted = commands.find((command) => command.name === `${topic} ${name}`);
    if (wanted !== undefined) return await wanted.run(rest, surroundings);
    if (name !== '--help') throw new UsageError(`There is no "${topic} ${name}".\n\n${overview()}`);
    terminal.out(overview());
    return EXIT.ok;
  } catch (error) {
    return fail(error, args.includes('--json'), surroundings);
  }
}

function overview(): string {
  const commands = Object.values(topics).flat();
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, about }) => `  troupe ${name.padEnd(width)}  ${about}`);
  return [
    'Looks after what runs on a Troupe broker, and after the code of it.',
    '',
    ...lines,
    '',
    'Each has --help.',
  ].join('\n');
}

function fail(error: unknown, json: boolean, { terminal }: Surroundings): ExitCode {
  const code = error instanceof TroupeError ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (json) terminal.say(JSON.stringify({ error: { code, message } }));
  else terminal.say(code === undefined ? message : `${message}\n(${code})`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
