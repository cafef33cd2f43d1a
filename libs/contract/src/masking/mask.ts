import type { Violation } from '../violation.ts';
import { hiding } from './hiding.ts';
import { MaskedFields } from './masked-fields.ts';

/** Keeps the sensitive values of a message out of what people read. Where nothing is sensitive, it does nothing. */
export interface Mask {
  /** Sensitive fields as paths of names: `/customer/email`. Arrays are looked through, `*` is any name. */
  readonly paths: readonly string[];
  /** A copy of the data with `***` for each sensitive value; the data itself when nothing is sensitive. */
  data(data: unknown): unknown;
  /** Masks any text about the data: wherever it quotes a sensitive value, `***` stands instead. */
  hiding(data: unknown): (text: string) => string;
  /** Violations of the data: of a sensitive field, its path and the rule remain. */
  violations(violations: readonly Violation[], data: unknown): readonly Violation[];
}

/** The mask of paths as `paths` has them; of none, one that changes nothing. Never throws: what cannot be read is hidden. */
export function maskOf(paths: readonly string[]): Mask {
  if (paths.length === 0) return NOTHING;
  const fields = new MaskedFields(paths);
  const hidingOf = (data: unknown) => hiding(fields, data);
  return Object.freeze({
    paths,
    data: (data: unknown) => fields.masked(data),
    hiding: hidingOf,
    violations: (violations: readonly Violation[], data: unknown) => {
      const hide = hidingOf(data);
      return violations.map((violation) => masked(violation, fields, hide));
    },
  });
}

const NOTHING: Mask = Object.freeze({
  paths: [],
  data: (data: unknown) => data,
  hiding: () => (text: string) => text,
  violations: (violations: readonly Violation[]) => violations,
});

/** What breaks a rule inside a sensitive field is told of the field: names below it may be the message's own. */
function masked(violation: Violation, fields: MaskedFields, hide: (text: string) => string): Violation {
  const { path, rule, message } = violation;
  const field = fields.enclosing(path);
  if (field === undefined) return { path, rule, message: hide(message) };
  return { path: field, rule, message: `breaks the rule ${rule}; its value is sensitive` };
}
