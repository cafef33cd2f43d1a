import { contractOf } from '@troupe/contract';
import { isDuration } from '@troupe/jetstream';
import type { CommandOptions } from './actions.ts';
import { assertHandOff } from './assert-hand-off.ts';
import { commandName } from './command-spec.ts';
import type { Intent } from './intent.ts';
import { NAME } from './name.ts';

const MOST_RESUBMISSIONS = 100;

/**
 * Refuses what an action asks for when it cannot work.
 * @param specs what was asked for under each name so far
 */
export function assertIntent(
  intent: Intent,
  specs: Map<string, Intent>,
  wrong: (problem: string) => never,
): void {
  if (intent.kind === 'emit' || intent.kind === 'compensate') return;
  const name = nameOf(intent);
  if (intent.kind === 'fanOut' && !NAME.test(name))
    wrong(`has a fan-out "${name}": its name is of the form [a-z][a-z0-9-]*`);
  const twin = specs.get(name);
  if (twin !== undefined && twin !== intent) {
    wrong(`dispatches "${name}" in two ways: give one another name, or make it once and use it twice`);
  }
  specs.set(name, intent);
  if (intent.kind === 'handOff') assertHandOff(intent, wrong);
  else assertCommand(name, intent.options, wrong);
  if (intent.options.undo !== undefined) assertCommand(`the undo of ${name}`, intent.options.undo, wrong);
  if (intent.kind === 'fanOut') {
    const { join } = intent.options;
    const quorum = typeof join === 'object' ? join.quorum : 1;
    if (
      !(join === 'all' || join === 'any' || typeof join === 'object') ||
      !(quorum >= 1 && Number.isSafeInteger(quorum))
    )
      wrong(
        `joins "${name}" by ${JSON.stringify(join)}: it is 'all', 'any' or { quorum: <whole number from 1> }`,
      );
  }
}

function nameOf(intent: Intent & { readonly kind: 'dispatch' | 'fanOut' | 'handOff' }): string {
  if (intent.kind === 'dispatch') return commandName(intent);
  return intent.kind === 'fanOut' ? intent.name : intent.options.name;
}

function assertCommand(name: string, options: CommandOptions, wrong: (problem: string) => never): void {
  const { answers, within, resubmit = 0 } = options;
  if (answers.length === 0) wrong(`dispatches "${name}" without an answer: name its contracts in "answers"`);
  const types = answers.map((answer) => contractOf(answer).type);
  if (new Set(types).size < types.length) wrong(`has two majors of one type among the answers of "${name}"`);
  if (within !== undefined && !isDuration(within)) {
    wrong(`has within "${within}" for "${name}": it is a whole number and ms, s, m, h or d, such as 30s`);
  }
  if (!Number.isSafeInteger(resubmit) || resubmit < 0 || resubmit > MOST_RESUBMISSIONS) {
    wrong(`has resubmit ${resubmit} for "${name}": it is a whole number from 0 to ${MOST_RESUBMISSIONS}`);
  }
}
