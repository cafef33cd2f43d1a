import { contractOf } from '@troupe/contract';
import { isDuration } from '@troupe/jetstream';
import type { Definition } from './definition.ts';
import type { Intent } from './intent.ts';
import { NAME } from './name.ts';

type HandOff = Intent & { readonly kind: 'handOff' };
type Refuse = (problem: string) => never;

const MOST_ENDS = 10;
const MOST_POLLS = 100;

/** Refuses options of a hand-off that cannot work. */
export function assertHandOff({ options }: HandOff, wrong: Refuse): void {
  const { name, ends, within, every = '30s', polls = 1, status } = options;
  if (!NAME.test(name) || name === 'command')
    wrong(`has a hand-off "${name}": its name is of the form [a-z][a-z0-9-]*, and not "command"`);
  if (ends.length === 0) wrong(`hands off "${name}" without an end: name the contracts in "ends"`);
  if (ends.length > MOST_ENDS) wrong(`has ${ends.length} ends of "${name}": ${MOST_ENDS} at most`);
  const types = ends.map((end) => contractOf(end).type);
  if (new Set(types).size < types.length) wrong(`has two majors of one type among the ends of "${name}"`);
  for (const [option, text] of Object.entries({ within, every })) {
    if (!isDuration(text))
      wrong(`has ${option} "${text}" for "${name}": it is a whole number and ms, s, m, h or d, such as 30s`);
  }
  if (!Number.isSafeInteger(polls) || polls < 1 || polls > MOST_POLLS)
    wrong(`has polls ${polls} for "${name}": it is a whole number from 1 to ${MOST_POLLS}`);
  const [url, completed] = typeof status === 'object' ? [status.url, status.completed] : [status, undefined];
  if (
    status !== undefined &&
    (typeof url !== 'function' || !['function', 'undefined'].includes(typeof completed))
  )
    wrong(`has a status for "${name}" that is neither a function nor { url, completed }`);
}

/**
 * An end of a hand-off is known by its flow, and everything else by its cause or its contract: a contract that is both
 * would be taken for one of them.
 */
export function assertEnds(definition: Definition, { contract, options }: HandOff, wrong: Refuse): void {
  const { name, ends } = options;
  if (!definition.options.emits.includes(contract))
    wrong(`hands off ${contract.name}, which its "emits" does not list`);
  for (const end of ends) {
    const { id, kind } = contractOf(end);
    if (kind !== 'event') wrong(`lists ${id}, a command, as an end of "${name}"`);
    if (definition.elsewhere.has(id))
      wrong(
        `takes ${id} as an end of "${name}", and as its start, an answer or what it waits for: one of both`,
      );
  }
  for (const { id, type } of definition.contracts.values()) {
    if (type === `${name}.completed` || type === `${name}.failed`)
      wrong(`has a hand-off "${name}", whose event "${type}" would be taken for ${id}: give it another name`);
  }
}
