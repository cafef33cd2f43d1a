import { command, type Run } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { readWorkspace, type Workspace } from '../workspace/workspace.ts';
import { probe } from './probe.ts';
import { reportOf } from './report.ts';
import type { Finding, Rule } from './rule.ts';
import { RULES } from './rules.ts';
import { givenData, Samples } from './samples.ts';
import { openStage } from './stage/open.ts';
import { ownPlace } from './stage/own-place.ts';
import { type SubjectName, subjectNamed } from './subject.ts';

const OPTIONS = {
  run: { type: 'string', value: '<command>', about: "starts the step's process, with a broker of its own" },
  env: {
    type: 'string',
    multiple: true,
    value: '<name>=<value>',
    about: 'environment of the process besides its own (may be there several times)',
  },
  data: {
    type: 'string',
    multiple: true,
    value: '<contract>=<file>',
    about: "data of valid messages in place of the contract's example, - for the standard input",
  },
  rule: {
    type: 'string',
    multiple: true,
    value: '<id>',
    about: 'tries this rule alone (may be there several times)',
  },
  workspace: {
    type: 'string',
    value: '<folder>',
    about: 'where the package.json with the workspaces is (default: here)',
  },
} as const;

type Work = Run<typeof OPTIONS>;

/** `troupe conformance` */
export const conformance = command({
  name: 'conformance',
  usage: '<app>__<step>... [--run <command>] [options]',
  about: 'Tries the rules of the wire on steps, in whatever language they are written.',
  details: `With --run it starts a broker and the process of the step, which are gone afterwards. Without, it tries a step that
runs: on --server, in an environment that is there for it alone, since it sends real messages; rules that need the process are
not tried. Example: troupe conformance picking__pick --run "node apps/picking/dist/main.js"`,
  options: OPTIONS,
  async run(work) {
    const { values, terminal, signal } = work;
    const asked = await askedBy(work);
    const workspace = await readWorkspace(values.workspace ?? '.', (path) =>
      terminal.progress(`reading ${path}`),
    );
    let isBroken = false;
    for (const subject of asked.subjects) {
      if (signal.aborted) break;
      const findings = await findingsOf(work, workspace, subject, asked);
      isBroken ||= findings.some(({ verdict }) => verdict === 'broken');
      if (values.json) terminal.out(JSON.stringify({ step: subject.name, rules: findings }));
      else for (const line of reportOf(subject.name, findings)) terminal.out(line);
    }
    if (isBroken) return EXIT.unsound;
    return signal.aborted ? EXIT.unfinished : EXIT.ok;
  },
});

/** What a command line asks for. */
interface Asked {
  readonly subjects: readonly SubjectName[];
  readonly rules: readonly Rule[];
  readonly samples: Samples;
  readonly env: Readonly<Record<string, string>>;
}

/** @throws UsageError for a command line that is wrong */
async function askedBy({ values, positionals }: Work): Promise<Asked> {
  if (positionals.length === 0) throw new UsageError('Say which step: <app>__<step>.');
  if (values.run !== undefined && values.server !== undefined)
    throw new UsageError('--run starts a broker of its own: leave out --server, or --run.');
  if (values.run === undefined && values.env !== undefined)
    throw new UsageError('--env is for the process that --run starts.');
  return {
    subjects: positionals.map(subjectNamed),
    rules: rulesNamed(values.rule),
    samples: new Samples(await givenData(values.data ?? [])),
    env: pairsOf(values.env ?? []),
  };
}

async function findingsOf(
  work: Work,
  workspace: Workspace,
  subject: SubjectName,
  { rules, samples, env }: Asked,
): Promise<Finding[]> {
  const { values, variables, terminal, signal } = work;
  const prefix = values.prefix ?? variables.TROUPE_PREFIX ?? '';
  const { remove, ...place } = await placeOf(work, env);
  try {
    terminal.progress(`${subject.name}: starting`);
    const { stage, close } = await openStage(subject, workspace, { ...place, prefix, samples });
    try {
      return await probe(stage, rules, ({ id }) => terminal.progress(`${subject.name}: ${id}`), signal);
    } finally {
      await close();
    }
  } finally {
    await remove();
  }
}

/** @throws UsageError for a rule that there is not */
function rulesNamed(ids: readonly string[] | undefined): readonly Rule[] {
  const unknown = ids?.find((id) => RULES.every((rule) => rule.id !== id));
  if (unknown !== undefined)
    throw new UsageError(`There is no rule ${unknown}; there are ${RULES.map(({ id }) => id).join(', ')}.`);
  return ids === undefined ? RULES : RULES.filter(({ id }) => ids.includes(id));
}

/** The broker, and how the process is started in it; what was made for that goes with `remove`. */
async function placeOf({ values, variables }: Work, env: Asked['env']) {
  const { run: command, server } = values;
  if (command === undefined) {
    const url = server ?? (variables.NATS_URL || 'nats://127.0.0.1:4222');
    return { url, remove: async () => {} };
  }
  const { url, folder, remove } = await ownPlace();
  return { url, run: { command, inherited: variables, env, folder }, remove };
}

function pairsOf(options: readonly string[]): Record<string, string> {
  const pairs = options.map((option) => {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(option) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--env ${option} is not <name>=<value>.`);
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}
