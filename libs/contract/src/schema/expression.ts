import { isSafe } from 'redos-detector';
import { ContractDefinitionError } from '../error.ts';
import type { MessageClass } from './class-shape.ts';

/**
 * How much of an expression is explored before it counts as one that nobody can be sure of. A number of steps and not
 * a time, so that a class is not refused on a slow machine alone. All of them take a second or two, spent before the
 * class is refused; most expressions take a millisecond.
 */
const MAX_STEPS = 5_000;
/** Ways back that are no danger, whatever the text. */
const MAX_BACKTRACKS = 200;

/**
 * Refuses a regular expression that a hostile text keeps busy: one whose time grows faster than the text does.
 * @throws ContractDefinitionError
 */
export function assertTame(cls: MessageClass, field: string, expression: RegExp): void {
  const name = String(expression);
  const danger = dangers.get(name) ?? dangerOf(expression);
  dangers.set(name, danger);
  if (danger === '') return;
  throw new ContractDefinitionError(
    cls.name,
    `field ${field} has @Matches(${name}), ${danger}; keep parts that repeat from overlapping with what follows them, or bound how often they repeat`,
  );
}

/** By expression: contracts share the decorators that hold them. */
const dangers = new Map<string, string>();

/** The empty text for none. */
function dangerOf(expression: RegExp): string {
  try {
    const { safe, error } = isSafe(examinable(expression), {
      maxScore: MAX_BACKTRACKS,
      maxSteps: MAX_STEPS,
    });
    if (safe) return '';
    return error === 'hitMaxSteps'
      ? 'which is too intricate to tell how long a text can keep it busy'
      : 'which a text can keep busy for longer than the text is long';
  } catch (unread) {
    const [why = ''] = (unread as Error).message.split('\n');
    return `of which nobody can tell how long a text keeps it busy (${why})`;
  }
}

/** What the detector does not know: names of groups, which change nothing, and the flags `i` and `u` together. */
function examinable({ source, flags }: RegExp): RegExp {
  const needsUnicode = /\\(p|P|u\{)/.test(source);
  const known = flags.includes('i') ? flags.replace(needsUnicode ? 'i' : 'u', '') : flags;
  return new RegExp(source.replace(/\(\?<(?![=!])[^>]*>/g, '('), known);
}
