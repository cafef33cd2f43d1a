/** Characters that stand for themselves in a regular expression. */
const LITERAL = /^[A-Za-z0-9_:@/ -]*$/;

/**
 * Whether a pattern matches a name; undefined when that cannot be told without running it, which is never done.
 * Told are a text that stands for itself, such as `^x-` or `^id$`, and `.*`.
 */
export function matches(pattern: string, name: string): boolean | undefined {
  const isStart = pattern.startsWith('^');
  const isEnd = pattern.endsWith('$') && !pattern.endsWith('\\$');
  const text = pattern.slice(isStart ? 1 : 0, isEnd ? -1 : undefined);
  if (text === '.*' && !isEnd) return true;
  if (!LITERAL.test(text)) return undefined;
  if (isStart && isEnd) return name === text;
  if (isStart) return name.startsWith(text);
  return isEnd ? name.endsWith(text) : name.includes(text);
}

/** Whether no name matches both patterns, as far as their beginnings tell: `^x-` and `^y-`. */
export function areApart(one: string, other: string): boolean {
  const starts = [one, other].map((pattern) => /^\^([A-Za-z0-9_:@/ -]+)$/.exec(pattern)?.[1]);
  const [ours, theirs] = starts;
  return ours !== undefined && theirs !== undefined && !ours.startsWith(theirs) && !theirs.startsWith(ours);
}
