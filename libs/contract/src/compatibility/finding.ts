import { RULES, type RuleId } from './rules.ts';

/** `backward`: the next version reads what the previous one sent. `forward`: the previous reads what the next sends. */
export type Direction = 'backward' | 'forward';

/** One way in which two versions of a schema do not go together, or cannot be shown to. */
export interface Finding {
  /** Stable; docs/reference/compatibility.md has them all. */
  readonly rule: RuleId;
  /**
   * JSON Pointer (RFC 6901) to the keyword that refuses, in the schema of the version that reads: the next one
   * backward, the previous one forward. A reference is followed to what it points to.
   */
  readonly pointer: string;
  readonly direction: Direction;
  /** A sentence for people: the field, what may be sent, what is taken. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/** A finding of a rule. */
export function finding(rule: RuleId, pointer: string, direction: Direction, message: string): Finding {
  return Object.freeze({ rule, pointer, direction, message, advice: RULES[rule][direction] });
}

/** Each rule once at each place: what is wrong for several types of value is wrong once. */
export function distinct(findings: readonly Finding[]): readonly Finding[] {
  const known = new Set<string>();
  return findings.filter(({ rule, pointer, direction }) => {
    const key = `${direction} ${rule} ${pointer}`;
    return !known.has(key) && known.add(key);
  });
}
