import { describe, expect, it } from 'vitest';
import { copiedMessageId, copyId, idempotencyKey, messageId, outputId } from './ids.ts';

describe('an id', () => {
  it('is the same for the same input, in every language: the vectors of docs/reference/wire.md', () => {
    expect(messageId('/storefront', '4711')).toBe('yHHDbPLSW55smJvHfOoWVx');
    expect(messageId('/zürich', 'ø-1')).toBe('A8LjbbZ5FgaiVNyIH4P9SC');
    expect(copiedMessageId('/storefront', '4711', 'order.placed.v1')).toBe('XDuQ4X2S-3RqTd22alMg37');
    expect(idempotencyKey('/storefront', '4711', 'payments__authorize')).toBe('C0UBTMYwzrKUkNP9ViqcZl');
    expect(outputId('/storefront', '4711', 'payments__authorize', 'payment.authorized.v1', '')).toBe(
      'ylhkmWIMPXbsy8q5EC2wg8',
    );
    expect(outputId('/storefront', '4711', 'shipping__dispatch', 'parcel.dispatched.v1', 'warehouse-3')).toBe(
      'NXb6xnM9b5bw3BTpvhseH8',
    );
  });

  it('differs when any part does', () => {
    const parts = ['/storefront', '4711', 'payments__authorize', 'payment.authorized.v1', 'a'] as const;
    const ids = parts.map((_, changed) => {
      const other = parts.map((part, i) => (i === changed ? `${part}x` : part));
      return outputId(...(other as [string, string, string, string, string]));
    });
    expect(new Set([outputId(...parts), ...ids]).size).toBe(parts.length + 1);
  });

  it('tells parts apart that give one text when joined, also where parts look like lengths', () => {
    const pairs = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['', 'abc'],
      ['abc', ''],
      ['a1:b', 'c'],
      ['a', '1:bc'],
      ['a', 'b1:c'],
      ['1:a', 'bc'],
      ['2:ab', 'c'],
    ] as const;
    expect(new Set(pairs.map(([source, id]) => messageId(source, id))).size).toBe(pairs.length);
  });

  it('depends on the number of parts', () => {
    const ids = [copyId('a'), copyId('a', ''), copyId('', 'a'), copyId('a', '', ''), copyId('1:a')];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is 22 characters that a subject token can carry', () => {
    for (let i = 0; i < 500; i++) expect(copyId('stream', 'consumer', i)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
