import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { filterOf } from './filter.ts';
import { isConfirmed, numbersOf, selectionOf } from './selection.ts';

function answering(answer: string | undefined): Terminal & { asked: string[] } {
  const asked: string[] = [];
  const ask = (question: string) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  return { asked, ask, out: () => {}, say: () => {}, progress: () => {}, draw: () => false };
}

describe('a selection', () => {
  it('is numbers and ranges', () => {
    expect(numbersOf(['7', '1-3'])).toEqual([7, 1, 2, 3]);
    expect(() => numbersOf(['3-1-2'])).toThrow(UsageError);
    expect(() => numbersOf(['0'])).toThrow(UsageError);
    expect(() => numbersOf(['1-10001'])).toThrow(UsageError);
  });

  it('is a filter, or all when that is said', () => {
    expect(selectionOf([], { step: 'authorize' })).toEqual({ filter: { step: 'authorize' } });
    expect(selectionOf([], { all: true })).toEqual({ filter: {} });
    expect(() => selectionOf([], {})).toThrow(UsageError);
    expect(() => selectionOf(['1'], { all: true })).toThrow(UsageError);
  });

  it('has times as ages and as RFC 3339', () => {
    const now = Date.parse('2026-02-01T12:00:00Z');
    expect(filterOf({ since: '2h', until: '2026-02-01T13:00:00+02:00' }, now)).toEqual({
      since: '2026-02-01T10:00:00.000Z',
      until: '2026-02-01T11:00:00.000Z',
    });
  });
});

describe('a question before many letters', () => {
  const filter = { filter: {} };

  it('is asked unless they were named or it was said', async () => {
    const terminal = answering('y');
    expect(await isConfirmed(terminal, 'Redrive 5', { seqs: [1] }, false)).toBe(true);
    expect(await isConfirmed(terminal, 'Redrive 5', filter, true)).toBe(true);
    expect(terminal.asked).toEqual([]);
    expect(await isConfirmed(terminal, 'Redrive 5', filter, undefined)).toBe(true);
    expect(terminal.asked).toEqual(['Redrive 5? [y/N] ']);
  });

  it('is no by default, and an error where nobody can answer', async () => {
    expect(await isConfirmed(answering(''), 'Redrive 5', filter, false)).toBe(false);
    await expect(isConfirmed(answering(undefined), 'Redrive 5', filter, false)).rejects.toThrow(UsageError);
  });
});

describe('a table', () => {
  it('is aligned, cuts what is long and shows control characters to nobody', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['long cell', 1],
          [undefined, '\u001b[31mred\nline'],
          ['x', 'y'.repeat(80)],
        ],
      ),
    ).toEqual(['A          B', 'long cell  1', '            [31mred line', `x          ${'y'.repeat(59)}…`]);
  });
});
