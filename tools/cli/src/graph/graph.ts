import { join } from 'node:path';
import { type LocalRun, localCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readWorkspace } from '../workspace/workspace.ts';
import { type Choreography, choreographyOf } from './choreography.ts';
import { dot } from './dot.ts';
import { type Finding, findingsIn } from './findings.ts';
import { differences, LOCK, readLock, writeLock } from './lock.ts';
import { mermaid } from './mermaid.ts';

const FORMATS = ['mermaid', 'dot', 'json'] as const;

const OPTIONS = {
  format: { type: 'string', value: '<format>', about: 'mermaid, dot or json (default mermaid)' },
  write: { type: 'boolean', about: `write ${LOCK} instead` },
  check: {
    type: 'boolean',
    about: `instead, end with 7 when ${LOCK} differs from the code, or anything is wrong`,
  },
  workspace: {
    type: 'string',
    value: '<folder>',
    about: 'where the package.json with the workspaces is (default: here)',
  },
} as const;

/** `troupe graph` */
export const graph = localCommand({
  name: 'graph',
  usage: '[options]',
  about: 'Prints who sends and takes what, by the code of all apps, and warns of what cannot be meant.',
  details: `It reads the built apps; nothing is started, no broker is needed. A package says what it is in its package.json:
"troupe": { "module": "./dist/payments.module.js" } or "troupe": { "contracts": true }; "app" names the JSON file of an app in
another language.`,
  options: OPTIONS,
  async run(work) {
    const { values, positionals, terminal } = work;
    const format = formatOf(work);
    if (positionals.length > 0)
      throw new UsageError(`troupe graph takes options only, not ${positionals[0]}.`);
    if ([values.write, values.check, values.format].filter(Boolean).length > 1) {
      throw new UsageError('Say one of --format, --write and --check.');
    }
    const workspace = await readWorkspace(values.workspace ?? '.', (path) =>
      terminal.progress(`reading ${path}`),
    );
    const choreography = choreographyOf(workspace);
    if (choreography.apps.length + choreography.contracts.length === 0) {
      terminal.say(`No package of ${workspace.folder} says what it is to troupe: see troupe graph --help.`);
      return EXIT.nothing;
    }
    const findings = findingsIn(choreography);
    const file = join(workspace.folder, LOCK);
    if (values.check) return check(work, file, choreography, findings);
    for (const { rule, message } of findings) terminal.say(`warning: ${message} (${rule})`);
    if (values.write) {
      await writeLock(file, choreography);
      terminal.out(
        values.json ? JSON.stringify({ written: file, findings }) : `${LOCK}: ${sizeOf(choreography)}`,
      );
    } else if (format === 'json') {
      terminal.out(JSON.stringify({ ...choreography, findings }, null, 2));
    } else {
      for (const line of format === 'dot' ? dot(choreography) : mermaid(choreography)) terminal.out(line);
    }
    return EXIT.ok;
  },
});

async function check(
  { values, terminal }: LocalRun<typeof OPTIONS>,
  file: string,
  choreography: Choreography,
  findings: readonly Finding[],
): Promise<ExitCode> {
  const lock = await readLock(file);
  const differing = lock === undefined ? [`${LOCK} is not there.`] : differences(lock, choreography);
  if (values.json) terminal.out(JSON.stringify({ differences: differing, findings }));
  else {
    for (const difference of differing) terminal.say(`${difference} (lock)`);
    for (const { rule, message } of findings) terminal.say(`${message} (${rule})`);
    if (differing.length > 0) terminal.say('If that is meant: troupe graph --write');
  }
  if (differing.length + findings.length > 0) return EXIT.unsound;
  if (!values.json) terminal.out(`${LOCK} is as the code says: ${sizeOf(choreography)}`);
  return EXIT.ok;
}

function formatOf({ values }: LocalRun<typeof OPTIONS>): (typeof FORMATS)[number] {
  const asked = values.format ?? (values.json ? 'json' : 'mermaid');
  const format = FORMATS.find((one) => one === asked);
  if (format === undefined) throw new UsageError(`--format ${asked} is none of ${FORMATS.join(', ')}.`);
  return format;
}

function sizeOf({ apps, contracts }: Choreography): string {
  const steps = apps.flatMap((app) => app.steps);
  const flows = apps.flatMap((app) => app.flows);
  return Object.entries({ app: apps, step: steps, contract: contracts, flow: flows })
    .map(([what, { length }]) => `${length} ${what}${length === 1 ? '' : 's'}`)
    .join(', ');
}
