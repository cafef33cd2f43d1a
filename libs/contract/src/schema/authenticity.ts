import { getMetadataStorage, type ValidatorConstraintInterface } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { holds, type Rule } from './rule.ts';

/**
 * Whether a decorator does what the rule of its name does. It does not when it is another decorator that took the name,
 * or when it was given a function that the metadata does not show (`@ArrayUnique(item => item.id)`). Tried on a few
 * values, because a decorator's metadata does not say where it comes from.
 */
export function isAuthentic(metadata: ValidationMetadata, rule: Rule): boolean {
  const [constraint, ...more] = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
  if (!constraint || constraint.async || more.length > 0) return false;
  const check = instanceOf(metadata.constraintCls as new () => ValidatorConstraintInterface);
  if (!check) return false;
  const { constraints, propertyName: property } = metadata;
  return PROBES.every((value) => {
    const args = { value, constraints, property, object: {}, targetName: '' };
    return (
      outcome(() => check.validate(value, args)) ===
      outcome(() => holds(rule.check, value, constraints ?? []))
    );
  });
}

/** Not by class-validator's container, which looks through all constraints of the process for each. */
function instanceOf(
  constraint: new () => ValidatorConstraintInterface,
): ValidatorConstraintInterface | undefined {
  try {
    return new constraint();
  } catch {
    return undefined; // class-validator's own need nothing
  }
}

const PROBES: readonly unknown[] = [
  ...[undefined, null, true, false, Number.NaN, -0, 0, 1, -1, 2, 10, 0.5, 1e-9, 2 ** 53],
  ...[
    '',
    ' ',
    'a',
    'A',
    'Ab1',
    '1',
    '-1.5',
    'true',
    '2026-01-31',
    '2026-01-31T10:00:00Z',
    'ö',
    '😀',
    'ff',
    'EUR',
    'DE',
  ],
  ...[
    'a@example.org',
    'https://example.org/a',
    '127.0.0.1',
    '10f7d1c6-4d30-4d9b-8c3a-0d7f1f0f5a11',
    '{}',
    '1.0.0',
  ],
  ...[[], [null], [1, 1], ['a', 'A', ' a'], [{}, {}], [[]], ['a', 'b', 'c', 'd']],
  ...[{}, { id: 1 }, { id: null }, new Date(0)],
];

function outcome(check: () => unknown): unknown {
  try {
    return check();
  } catch {
    return 'throws';
  }
}
