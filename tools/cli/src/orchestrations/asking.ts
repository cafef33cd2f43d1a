import type { Asking, InstanceRecord, Orchestrations } from '@troupe/orchestration';
import { type Command, command, type Options, type Run } from '../command.ts';
import { confirmed } from '../confirmed.ts';
import { me } from '../dead-letters/author.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { dataOf } from '../json-file.ts';
import { instanceOf, OF } from './named.ts';
import { stateText } from './text.ts';

const WAIT_S = 10;

const ASKING = {
  ...OF,
  by: { type: 'string', value: '<name>', about: 'who asks (default: user and machine)' },
  wait: {
    type: 'string',
    value: '<seconds>',
    about: `how long it may take to do it, 0 to 3600 (default ${WAIT_S})`,
  },
} as const satisfies Options;

const COMMAND = {
  command: { type: 'string', value: '<name>', about: 'the failed command (default: what failed)' },
} as const satisfies Options;

const YES = { yes: { type: 'boolean', about: 'do not ask before' } } as const satisfies Options;

/** `troupe orchestrations retry` */
export const retry = command({
  name: 'orchestrations retry',
  usage: '<id> [options]',
  about:
    'Sends the failed commands of a suspended instance again, and offers its machine again what it failed on.',
  options: { ...ASKING, ...COMMAND },
  run: (work) => ask(work, { kind: 'retry', ...about(work.values.command) }),
});

/** `troupe orchestrations skip` */
export const skip = command({
  name: 'orchestrations skip',
  usage: '<id> [--contract <contract> --data <file>] [options]',
  about: 'Has a suspended instance go on as if its failed command had been answered so.',
  details: `Without an answer, what the machine itself failed on is skipped.

  troupe orchestrations skip f-1 --contract station.reserved.v1 --data station.json`,
  options: {
    ...ASKING,
    ...COMMAND,
    contract: { type: 'string', value: '<contract>', about: 'contract of the answer: station.reserved.v1' },
    data: { type: 'string', value: '<file>', about: 'its data, JSON; - for the standard input' },
  },
  async run(work) {
    const { contract, data, command: name } = work.values;
    if ((contract === undefined) !== (data === undefined))
      throw new UsageError('An answer is a contract and its data: say both --contract and --data, or none.');
    const answer = contract === undefined ? undefined : { contract, data: await dataOf(data) };
    return ask(work, { kind: 'skip', ...about(name), ...(answer !== undefined && { answer }) });
  },
});

/** `troupe orchestrations compensate` */
export const compensate = undoing(
  'compensate',
  'Undoes what a suspended instance has done, in reverse order; it ends as compensated.',
);

/** `troupe orchestrations cancel` */
export const cancel = undoing(
  'cancel',
  'Stops an instance and undoes what it has done, in reverse order; it ends as cancelled.',
);

function undoing(kind: 'compensate' | 'cancel', what: string): Command {
  return command({
    name: `orchestrations ${kind}`,
    usage: '<id> [options]',
    about: what,
    options: { ...ASKING, ...YES },
    run: (work) => ask(work, { kind }, work.values.yes ?? false),
  });
}

/** Asks, and waits until the instance is no longer as it was. `yes`: whether a person need not confirm. */
async function ask(work: Run<typeof ASKING>, asking: Asking, yes = true): Promise<ExitCode> {
  const { values, positionals, terminal, environment, signal } = work;
  const waitMs = waitOf(values.wait);
  const instance = await instanceOf(positionals, values, environment);
  if (instance === undefined) {
    terminal.say(`There is no instance ${positionals[0]}.`);
    return EXIT.nothing;
  }
  const { orchestrations, name, found } = instance;
  const { id } = found.record;
  const { kind } = asking;
  if (!(await confirmed(terminal, `${kind} ${name} ${id}, which is ${found.record.status}`, yes)))
    return EXIT.nothing;
  const before = await orchestrations.ask(name, id, { ...asking, by: values.by?.trim() || me() });
  const end = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  const after = await changed(orchestrations, before.record, end);
  const record = after ?? before.record;
  const { status, updatedAt, snapshot } = record;
  const state = snapshot?.value ?? null;
  if (values.json)
    terminal.out(JSON.stringify({ id, asked: kind, done: after !== undefined, status, state, updatedAt }));
  else if (after === undefined) terminal.out(`${id} was asked to ${kind}, and is ${status} still.`);
  else terminal.out(`${id} is ${[status, stateText(state)].filter(Boolean).join(', ')}.`);
  return after === undefined ? EXIT.unfinished : EXIT.ok;
}

/** The record once a later decision stands in it; undefined when none does in time. */
async function changed(
  orchestrations: Orchestrations,
  { orchestration, id, revision }: InstanceRecord,
  signal: AbortSignal,
): Promise<InstanceRecord | undefined> {
  for await (const { record } of orchestrations.follow(orchestration, id, signal))
    if (record.revision > revision) return record;
  return undefined;
}

function about(name: string | undefined): { command?: string } {
  return name === undefined ? {} : { command: name };
}

/** @throws UsageError */
function waitOf(text: string | undefined): number {
  if (text === undefined) return WAIT_S * 1_000;
  if (/^\d{1,4}$/.test(text) && Number(text) <= 3_600) return Number(text) * 1_000;
  throw new UsageError(`--wait takes seconds from 0 to 3600, not ${text}.`);
}
