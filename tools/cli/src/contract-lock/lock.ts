import { resolve } from 'node:path';
import { LOCK_FOLDER, type LockedContract } from '@troupe/contract';
import { localCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { type Change, changesOf } from './change.ts';
import { type Locked, readLocked, writeLocked } from './lock-folder.ts';
import { presentIn } from './present.ts';
import { allLocked, told } from './report.ts';

/** `troupe contracts lock` */
export const lock = localCommand({
  name: 'contracts lock',
  usage: '[options]',
  about: 'Locks the contracts of the code as published: commit what it writes.',
  options: {
    break: {
      type: 'boolean',
      about: 'lock also what breaks earlier revisions, and take away contracts that are gone',
    },
    reason: {
      type: 'string',
      value: '<text>',
      about: 'why that may break, for the record; required with --break',
    },
    workspace: {
      type: 'string',
      value: '<folder>',
      about: 'where the package.json with the workspaces is (default: here)',
    },
  },
  async run({ values, positionals, terminal }) {
    if (positionals.length > 0)
      throw new UsageError(`It locks all contracts: "${positionals[0]}" is too much.`);
    if ((values.break === true) !== (values.reason !== undefined && values.reason.trim() !== '')) {
      throw new UsageError('--break and --reason "why that may break" go together.');
    }
    const folder = resolve(values.workspace ?? '.');
    const locked = await readLocked(folder);
    const { contracts, consumersOf } = await presentIn(folder, (path) =>
      terminal.progress(`reading ${path}`),
    );
    const changes = changesOf(contracts, locked, consumersOf);
    if (changes.length === 0) {
      terminal.say(`No package of ${folder} has contracts: see troupe graph --help.`);
      return EXIT.nothing;
    }
    const breaking = changes.filter(({ breaks }) => breaks.length > 0);
    if (breaking.length > 0 && values.break !== true) {
      for (const line of breaking.flatMap(told)) terminal.say(line);
      terminal.say('Nothing was locked.');
      return EXIT.unsound;
    }
    const written = changes.flatMap((change) => lockedAs(change, locked, values.reason));
    for (const one of written) await writeLocked(folder, one);
    if (values.json) {
      terminal.out(
        JSON.stringify({
          written: written.map(({ contract, revisions }) => ({ contract, revision: revisions.length })),
        }),
      );
    } else {
      for (const { contract, revisions, removed } of written) {
        terminal.out(
          removed === undefined ? `${contract}: revision ${revisions.length}` : `${contract}: removed`,
        );
      }
      if (written.length === 0) terminal.out(allLocked(changes));
      else terminal.say(`Commit ${LOCK_FOLDER}.`);
    }
    return EXIT.ok;
  },
});

/** The file of a contract with the change in it; none when nothing changes. */
function lockedAs(
  { contract, status, breaks, present }: Change,
  locked: Locked,
  reason?: string,
): LockedContract[] {
  const revisions = locked.get(contract)?.revisions ?? [];
  if (status === 'locked') return [];
  if (present === undefined) return [{ contract, revisions, removed: reason ?? '' }];
  const isBreak = breaks.length > 0 && reason !== undefined;
  return [{ contract, revisions: [...revisions, { ...present, ...(isBreak && { break: reason }) }] }];
}
