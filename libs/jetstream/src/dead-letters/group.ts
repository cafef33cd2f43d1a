import type { Letter } from './letter.ts';

/** Dead letters that failed in the same way: one fingerprint. */
export interface LetterGroup {
  readonly fingerprint: string;
  readonly count: number;
  /** When its first and its last letter were set aside, RFC 3339. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly app: string;
  readonly step: string;
  readonly reason: string;
  readonly type: string | undefined;
  /** Of the last letter. */
  readonly error: Letter['error'];
  /** Number of the last letter. */
  readonly sample: number;
}

/** The largest groups first, and how many letters belong to groups that were not kept. */
export interface LetterGroups {
  readonly groups: readonly LetterGroup[];
  readonly beyond: number;
}

/** Groups kept at once: memory is bounded by them, not by the letters. */
const MOST_GROUPS = 1_000;

export async function groupsOf(letters: AsyncIterable<Letter>, most = MOST_GROUPS): Promise<LetterGroups> {
  const groups = new Map<string, LetterGroup>();
  let beyond = 0;
  for await (const letter of letters) {
    const group = groups.get(letter.fingerprint);
    if (group === undefined && groups.size >= most) beyond++;
    else groups.set(letter.fingerprint, joined(group, letter));
  }
  return { groups: [...groups.values()].sort((a, b) => b.count - a.count), beyond };
}

function joined(group: LetterGroup | undefined, letter: Letter): LetterGroup {
  const { fingerprint, app, step, reason, error, event, at, seq } = letter;
  return {
    fingerprint,
    count: (group?.count ?? 0) + 1,
    firstAt: group?.firstAt ?? at,
    lastAt: at,
    app,
    step,
    reason,
    type: event.type,
    error,
    sample: seq,
  };
}
