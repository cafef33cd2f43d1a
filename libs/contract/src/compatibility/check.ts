import { ALTERNATIVES } from './alternatives.ts';
import { ARRAYS } from './arrays.ts';
import {
  begin,
  type Comparison,
  type Effort,
  fullEffort,
  included,
  nothingCompared,
  sidesOf,
} from './comparison.ts';
import { DEPENDENCIES } from './dependencies.ts';
import { documentOf, type SchemaDocument, type Side } from './document.ts';
import { type Direction, distinct, type Finding } from './finding.ts';
import { NUMBERS } from './numbers.ts';
import { OBJECTS } from './objects.ts';
import { STRINGS } from './strings.ts';
import { VALUES } from './values.ts';

/** What is asked of two versions of a schema. */
export interface CompatibilityOptions {
  /**
   * `backward`: the next version reads what the previous one sent. `forward`: the previous version reads what the next
   * one sends. `full`: both.
   */
  readonly mode: Direction | 'full';
  /**
   * `tolerant`: what is declared is all that is sent, and what is not declared is taken. `strict`: both as the schema
   * says, which are the content-model rules of schema registries.
   */
  readonly policy: 'tolerant' | 'strict';
}

/** Whether two versions go together, and why not. */
export interface Compatibility {
  readonly compatible: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Whether everything that one version of a JSON Schema (draft-07 or 2020-12) sends, the other one takes. Sound: what
 * cannot be shown to go together is a finding. No pattern is run and nothing is fetched.
 * @throws SchemaInvalidError when one of them is no schema, or refers to itself without saying anything
 * @throws SchemaTooLargeError when one is larger than 10 MiB or deeper than 256 levels, or comparing them takes too long
 */
export function checkCompatibility(
  previous: unknown,
  next: unknown,
  options: CompatibilityOptions,
): Compatibility {
  return compared(documentOf(previous, 'previous'), documentOf(next, 'next'), options);
}

/** A finding against one version of a history. */
export interface HistoryFinding extends Finding {
  /** The place of that version in the history, from 0. */
  readonly version: number;
}

/**
 * Whether a schema goes together with each earlier version, not with the last alone: messages of all of them may
 * still be read.
 * @param history earliest first; nothing in it goes together with everything
 * @throws as checkCompatibility
 */
export function checkHistory(
  history: readonly unknown[],
  next: unknown,
  options: CompatibilityOptions,
): { readonly compatible: boolean; readonly findings: readonly HistoryFinding[] } {
  const document = documentOf(next, 'next');
  const findings = history.flatMap((previous, version) =>
    compared(documentOf(previous, 'previous'), document, options).findings.map((one) => ({
      ...one,
      version,
    })),
  );
  return { compatible: findings.length === 0, findings };
}

function compared(
  previous: SchemaDocument,
  next: SchemaDocument,
  { mode, policy }: CompatibilityOptions,
): Compatibility {
  const documents: Record<Side, SchemaDocument> = { previous, next };
  const effort = fullEffort();
  const directions: readonly Direction[] = mode === 'full' ? ['backward', 'forward'] : [mode];
  const findings = directions.flatMap((direction) => {
    const { sender, reader } = sidesOf(direction);
    const context = begin(comparisonOf(direction, policy, effort));
    return included([documents[sender].root], documents[reader].root, context);
  });
  return { compatible: findings.length === 0, findings: distinct(findings) };
}

function comparisonOf(
  direction: Direction,
  policy: CompatibilityOptions['policy'],
  effort: Effort,
): Comparison {
  const same = { direction, rules: RULES, effort };
  const written = { ...same, isSentClosed: false, isTakenOpen: false, ...nothingCompared() };
  if (policy === 'strict') return written;
  return { ...same, isSentClosed: true, isTakenOpen: true, written, ...nothingCompared() };
}

const RULES = [...VALUES, ...NUMBERS, ...STRINGS, ...ARRAYS, ...OBJECTS, ...DEPENDENCIES, ...ALTERNATIVES];
