import type { Command, Surroundings } from './command.ts';
import { UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/**
 * The commands by their topic; one that is named like its topic has no other beside it. A topic is imported when it is
 * asked for: nobody waits for what the others are made of.
 */
const topics: Readonly<Record<string, () => Promise<readonly Command[]>>> = {
  where: async () => [(await import('./flows/where.ts')).where],
  report: async () => [(await import('./flows/report.ts')).report],
  flows: async () => [(await import('./flows/flows.ts')).flows],
  tail: async () => [(await import('./flows/tail.ts')).tail],
  steps: async () => [(await import('./flows/steps.ts')).steps],
  top: async () => [(await import('./flows/top.ts')).top],
  'dead-letters': async () => (await import('./dead-letters/commands.ts')).deadLetters,
  orchestrations: async () => (await import('./orchestrations/commands.ts')).orchestrations,
  contracts: async () => (await import('./contracts.ts')).contracts,
  graph: async () => [(await import('./graph/graph.ts')).graph],
  conformance: async () => [(await import('./conformance/conformance.ts')).conformance],
  topology: async () => (await import('./topology/commands.ts')).topology,
  permissions: async () => [(await import('./permissions/permissions.ts')).permissions],
};

/** Runs a command line and answers with its exit code. Never rejects. */
export async function troupe(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { terminal } = surroundings;
  try {
    const [topic = '', name = '', ...rest] = args;
    if (args.length === 0 || topic === '--help') {
      terminal.out(await overview());
      return args.length === 0 ? EXIT.usage : EXIT.ok;
    }
    const commands = Object.hasOwn(topics, topic) ? await topics[topic]?.() : undefined;
    if (commands === undefined) throw new UsageError(`There is no "${topic}".\n\n${await overview()}`);
    const alone = commands.find((command) => command.name === topic);
    if (alone !== undefined) return await alone.run(args.slice(1), surroundings);
    const wanted = commands.find((command) => command.name === `${topic} ${name}`);
    if (wanted !== undefined) return await wanted.run(rest, surroundings);
    if (name !== '--help') throw new UsageError(`There is no "${topic} ${name}".\n\n${await overview()}`);
    terminal.out(await overview());
    return EXIT.ok;
  } catch (error) {
    return fail(error, args.includes('--json'), surroundings);
  }
}

async function overview(): Promise<string> {
  const commands = (await Promise.all(Object.values(topics).map((topic) => topic()))).flat();
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
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (json) terminal.say(JSON.stringify({ error: { code, message } }));
  else terminal.say(code === undefined ? message : `${message}\n(${code})`);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** A package of a workspace may have the platform's errors in a copy of its own. */
function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && code.startsWith('TROUPE_') ? code : undefined;
}
