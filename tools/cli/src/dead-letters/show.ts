import type { Body, HiddenBody, LetterContent, ListedLetter, ProducingApp } from '@troupe/jetstream';
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../table.ts';
import { numbersOf } from './selection.ts';

export const show = command({
  name: 'dead-letters show',
  usage: '<number> [options]',
  about:
    'Shows one dead letter: why it was set aside, what was done about it, its headers and its payload, where sensitive values read ***.',
  options: { payload: { type: 'boolean', about: 'the payload alone, to be edited: sensitive values too' } },
  async run({ values, positionals, terminal, environment }) {
    const [seq, ...others] = numbersOf(positionals);
    if (seq === undefined || others.length > 0) throw new UsageError('Say the number of one dead letter.');
    const letters = await environment.deadLetters();
    if (values.payload) {
      terminal.out(payloadOf(await letters.payload(seq)));
      return EXIT.ok;
    }
    const letter = await letters.show(seq);
    if (values.json) terminal.out(JSON.stringify(letter));
    else for (const line of linesOf(letter)) terminal.out(line);
    return EXIT.ok;
  },
});

function payloadOf({ kind, value }: Body | HiddenBody): string {
  if (kind === 'hidden') return `(not shown: ${value}; --payload shows it)`;
  return kind === 'json' ? JSON.stringify(value, null, 2) : value;
}

function linesOf(letter: ListedLetter & LetterContent): string[] {
  const { original, error, event } = letter;
  const facts: [string, string | number | undefined][] = [
    ['number', letter.seq],
    ['state', letter.state],
    [
      'step',
      `${letter.app}/${letter.step} (consumer ${letter.consumer}, version ${letter.version}, on ${letter.host})`,
    ],
    ['reason', letter.reason],
    ['error', `${error.type}: ${error.message}`],
    ['group', letter.fingerprint],
    ['set aside', letter.at],
    ['first failed', letter.firstFailedAt],
    ['attempts', `${letter.attempts} (handed out ${letter.deliveries} times)`],
    ['message', `${event.type ?? '?'} ${event.id ?? '?'} from ${event.source ?? '?'}`],
    ['sent by', letter.producer && nameOf(letter.producer)],
    ['flow', letter.flowId],
    ['original', `${original.stream}/${original.seq} on ${original.subject}, ${original.publishedAt ?? '?'}`],
    ['redrive of', letter.redriveOf && `${letter.redriveOf} (redriven ${letter.redriveCount} times in all)`],
    ['edited by', letter.editedBy],
    [
      'archived',
      letter.archived && `by ${letter.archived.by}, ${letter.archived.at}: ${letter.archived.why}`,
    ],
  ];
  return [
    ...facts.flatMap(([name, value]) => (value ? [`${name.padEnd(13)} ${plain(String(value))}`] : [])),
    ...letter.redrives.map(
      ({ number, at, by, operation, result, failedAs, editedId }) =>
        `${`redrive ${number}`.padEnd(13)} ${result}, ${at}, by ${plain(by)}, operation ${operation}` +
        (editedId === undefined ? '' : `, edited as ${editedId}`) +
        (failedAs === undefined ? '' : `, failed as ${failedAs}`),
    ),
    ...section('violations', violationsOf(letter)),
    ...section('stack', letter.stack.split('\n').filter(Boolean)),
    ...section('headers', letter.headers.filter(([name]) => !name.startsWith('x-dlq-')).flatMap(headerLines)),
    ...section('payload', payloadOf(letter.body).split('\n')),
  ];
}

function nameOf({ app, version }: ProducingApp): string {
  return version === undefined ? app : `${app} ${version}`;
}

function violationsOf({ violations }: LetterContent): string[] {
  if (violations === undefined) return [];
  const shown = violations.shown.map(
    ({ path, rule, message }) => `${path || '(whole)'}: ${message} (${rule})`,
  );
  const more = violations.total - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

function headerLines([name, values]: readonly [string, readonly string[]]): string[] {
  return values.map((value) => `${name}: ${value}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${plain(line)}`)];
}
