import { SchemaTooLargeError } from '../error.ts';
import { assertFounded } from './branches.ts';
import type { Side } from './document.ts';
import { type Direction, distinct, type Finding, finding } from './finding.ts';
import { isFilledAt, unknownIn } from './keywords.ts';
import { keywordsOf, type Place } from './place.ts';
import type { RuleId } from './rules.ts';
import { same, takesItself } from './sameness.ts';
import { type JsonType, type Shape, shapesOf } from './shape.ts';

/** How two schemas are read while they are compared in one direction. */
export interface Comparison {
  readonly direction: Direction;
  /** What keywords demand. */
  readonly rules: readonly Rule[];
  /** What is declared is all that is sent. Else whatever the schema lets through is. */
  readonly isSentClosed: boolean;
  /** What is not declared is taken. Else only as the schema says. */
  readonly isTakenOpen: boolean;
  /** The comparison that reads both as they are written; absent: this one does. */
  readonly written?: Comparison;
  /** Shared by all comparisons of one check. */
  readonly effort: Effort;
  /** Pairs that hold, or are being compared further up: of a recursive schema, those hold unless something else fails. */
  readonly assumed: Set<string>;
  /** The same, in the order in which they were assumed. */
  readonly trail: string[];
  readonly refused: Map<string, readonly Finding[]>;
}

/** What one check may cost. */
export interface Effort {
  left: number;
  readonly founded: Set<string>;
}

/** What one group of keywords demands of the values that are sent. */
export interface Rule {
  readonly keywords: readonly string[];
  /** The type of value that the keywords look at; absent: any. */
  readonly type?: JsonType;
  findings(sent: Shape, taken: Place, context: Context): readonly Finding[];
}

/** Where a rule is asked. */
export interface Context {
  readonly comparison: Comparison;
  /** The field, for people: `lines[].quantity`; empty for the whole message. */
  readonly at: string;
  readonly depth: number;
  /** Whether the reader fills in the defaults of missing properties, here and below. */
  readonly isFilled: boolean;
  /** A finding at a keyword of the place, with what may be sent and what is taken. */
  refuse(rule: RuleId, taken: Place, keyword: string, sends: string, takes: string): readonly Finding[];
}

/** Steps of one check. */
const MOST_STEPS = 500_000;
/** Levels of values that are followed before a pair repeats. */
const DEEPEST_PAIR = 300;

/** The names of the two sides of a direction. */
export function sidesOf(direction: Direction): { readonly sender: Side; readonly reader: Side } {
  return direction === 'backward'
    ? { sender: 'previous', reader: 'next' }
    : { sender: 'next', reader: 'previous' };
}

/** The start of a comparison at the root of two schemas. */
export function begin(comparison: Comparison): Context {
  return contextOf(comparison, '', 0);
}

/** Why what may be sent where all of `sent` hold is not all taken at `taken`. Empty: all of it is. */
export function included(sent: readonly Place[], taken: Place, context: Context): readonly Finding[] {
  const { comparison } = context;
  const { assumed, trail, refused } = comparison;
  spend(comparison, context.depth);
  const key = JSON.stringify([sent.map(placeName).sort(), placeName(taken), context.isFilled]);
  if (assumed.has(key)) return [];
  const known = refused.get(key);
  if (known) return known;
  for (const place of [...sent, taken]) assertFounded(place, comparison.effort.founded);
  const held = trail.length;
  assumed.add(key);
  trail.push(key);
  const shapes = shapesOf(sent);
  const findings = distinct([
    ...unknownIn(shapes, taken, context),
    ...shapes.flatMap((shape) => accepted(shape, taken, context)),
  ]);
  if (findings.length > 0) {
    // What was found to hold since then may have leaned on this pair.
    for (const since of trail.splice(held)) assumed.delete(since);
    refused.set(key, findings);
  }
  return findings;
}

function placeName({ document, pointer }: Place): string {
  return document.side + pointer;
}

/** Why the values of a shape are not all taken at a place. */
export function accepted(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const { comparison } = context;
  spend(comparison, context.depth);
  if (taken.schema === true) return [];
  if (taken.schema === false)
    return context.refuse('nothing-accepted', taken, '', `a value (${sent.type})`, 'none');
  if (sent.terms.some((term) => same(term, taken)) && (!comparison.isTakenOpen || takesItself(taken)))
    return [];
  const keywords = Object.keys(keywordsOf(taken));
  const here = { ...context, isFilled: context.isFilled && isFilledAt(keywords) };
  return comparison.rules
    .filter((rule) => rule.type === undefined || rule.type === sent.type)
    .filter((rule) => rule.keywords.some((keyword) => keywords.includes(keyword)))
    .flatMap((rule) => rule.findings(sent, taken, here));
}

/** The context of a part of the value: of a property, of items. */
export function within(context: Context, part: string): Context {
  const at = context.at && !part.startsWith('[') ? `${context.at}.${part}` : context.at + part;
  return { ...contextOf(context.comparison, at, context.depth + 1), isFilled: context.isFilled };
}

/** The same values, compared as both schemas say it: what stands under `not` and conditions is not opened. */
export function asWritten({ comparison, at, depth }: Context): Context {
  return { ...contextOf(comparison.written ?? comparison, at, depth), isFilled: false };
}

function contextOf(comparison: Comparison, at: string, depth: number): Context {
  const { direction } = comparison;
  const { sender, reader } = sidesOf(direction);
  return {
    comparison,
    at,
    depth,
    isFilled: true,
    refuse: (rule, { pointer }, keyword, sends, takes) => [
      finding(
        rule,
        keyword ? `${pointer}/${keyword}` : pointer,
        direction,
        `${at || 'the message'}: the ${sender} version may send ${sends}, the ${reader} one takes ${takes}`,
      ),
    ],
  };
}

function spend({ effort }: Comparison, depth: number): void {
  if (--effort.left < 0) throw new SchemaTooLargeError(`comparing it takes more than ${MOST_STEPS} steps`);
  if (depth > DEEPEST_PAIR)
    throw new SchemaTooLargeError(`it is compared deeper than ${DEEPEST_PAIR} levels`);
}

/** What a comparison begins with. */
export function nothingCompared(): Pick<Comparison, 'assumed' | 'trail' | 'refused'> {
  return { assumed: new Set(), trail: [], refused: new Map() };
}

/** The effort of one check. */
export function fullEffort(): Effort {
  return { left: MOST_STEPS, founded: new Set() };
}
