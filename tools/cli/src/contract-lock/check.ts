import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isSameRevision, type LockedContract } from '@troupe/contract';
import { localCommand } from '../command.ts';
import { WorkspaceError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { sentenceOf } from '../workspace/packages.ts';
import { type Break, type Change, changesOf } from './change.ts';
import { type Locked, readLocked, readLockedAt } from './lock-folder.ts';
import { presentIn, presentOf } from './present.ts';
import { allLocked, junit, told } from './report.ts';

/** `troupe contracts check` */
export const check = localCommand({
  name: 'contracts check',
  usage: '[package folder]... [options]',
  about: 'Compares the contracts of the code with everything that was published of them.',
  details:
    'Given packages, it looks at their contracts alone, reads no app, and does not miss contracts that are gone.',
  options: {
    against: {
      type: 'string',
      value: '<revision>',
      about: 'also: what git has locked there must still be locked here',
    },
    junit: { type: 'string', value: '<file>', about: 'writes a JUnit report besides' },
    workspace: {
      type: 'string',
      value: '<folder>',
      about: 'where the package.json with the workspaces is (default: here)',
    },
  },
  async run({ values, positionals, terminal }) {
    const folder = resolve(values.workspace ?? '.');
    const locked = await readLocked(folder);
    const earlier = values.against === undefined ? undefined : await readLockedAt(folder, values.against);
    const present =
      positionals.length > 0
        ? await presentOf(positionals)
        : await presentIn(folder, (path) => terminal.progress(`reading ${path}`));
    const ids = new Set(present.contracts.map(({ id }) => id));
    const asked = positionals.length > 0 ? only(locked, ids) : locked;
    const compared = changesOf(present.contracts, asked, present.consumersOf);
    if (compared.length === 0) {
      terminal.say(`No package of ${folder} has contracts: see troupe graph --help.`);
      return EXIT.nothing;
    }
    const changes =
      earlier === undefined
        ? compared
        : rewritten(compared, positionals.length > 0 ? only(earlier, ids) : earlier, locked);
    if (values.junit !== undefined) await write(values.junit, junit(changes));
    const open = changes.filter(({ status }) => status !== 'locked');
    if (values.json) {
      terminal.out(JSON.stringify({ contracts: changes.map(({ present: _, ...change }) => change) }));
    } else {
      for (const line of open.flatMap(told)) terminal.say(line);
    }
    if (open.length > 0) return EXIT.unsound;
    if (!values.json) terminal.out(allLocked(changes));
    return EXIT.ok;
  },
});

function only(locked: Locked, ids: ReadonlySet<string>): Locked {
  return new Map([...locked].filter(([id]) => ids.has(id)));
}

/** What was locked at an earlier commit must stand at the beginning of what is locked now. */
function rewritten(changes: readonly Change[], earlier: Locked, locked: Locked): Change[] {
  const breaks = [...earlier.values()].flatMap((before) => {
    const lost = firstLost(before, locked.get(before.contract));
    return lost === undefined ? [] : [[before.contract, { ...REWRITTEN, revision: lost }] as const];
  });
  const byContract = new Map(breaks);
  const known = new Set(changes.map(({ contract }) => contract));
  return [
    ...changes.map((change): Change => {
      const one = byContract.get(change.contract);
      return one ? { ...change, status: 'breaking', breaks: [...change.breaks, one] } : change;
    }),
    ...breaks
      .filter(([contract]) => !known.has(contract))
      .map(([contract, one]): Change => ({ contract, status: 'breaking', breaks: [one], consumedBy: [] })),
  ];
}

const REWRITTEN: Break = {
  rule: 'lock-rewritten',
  message: 'what was locked there is not locked here any more, or is locked otherwise',
  advice: 'Take the file from there, and run troupe contracts lock.',
};

/** The first revision, from 1, that is not as it was. */
function firstLost(before: LockedContract, now: LockedContract | undefined): number | undefined {
  const lost = before.revisions.findIndex((revision, i) => {
    const kept = now?.revisions[i];
    return kept === undefined || !isSameRevision(revision, kept) || revision.break !== kept.break;
  });
  return lost === -1 ? undefined : lost + 1;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new WorkspaceError(file, `cannot be written: ${sentenceOf(error)}`, { cause: error });
  }
}
