/** One way in which a value breaks its contract. */
export interface Violation {
  /** JSON Pointer (RFC 6901) to the field; `''` is the whole value. */
  readonly path: string;
  /** The broken rule, by class-validator's name: `isInt`, `min`; and `unknownField`, `isObject`, … of our own. */
  readonly rule: string;
  /** A sentence for people. */
  readonly message: string;
}

/** What a valid value has. One shared constant: a valid value costs no allocation. */
export const NO_VIOLATIONS: readonly Violation[] = Object.freeze([]);

/** Appends one segment to a JSON Pointer. */
export function pointer(parent: string, segment: string): string {
  return `${parent}/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The first few violations and how many more there are, in one line. */
export function summary(violations: readonly Violation[], shown = 3): string {
  const first = violations
    .slice(0, shown)
    .map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = violations.length - first.length;
  return more > 0 ? `${first.join('; ')}; and ${more} more` : first.join('; ');
}
