import { describe, expect, it } from 'vitest';
import { errorType } from './error-type.ts';

class CardDeclined extends Error {}

class Named extends Error {
  override readonly name = 'StockShort';
}

describe('errorType', () => {
  it.each([
    ['the name of an error', new TypeError('x'), 'TypeError'],
    ['the class of an error that has no name of its own', new CardDeclined('x'), 'CardDeclined'],
    ['the name that a class gives itself', new Named('x'), 'StockShort'],
    ['_OTHER for what is no error', 'declined', '_OTHER'],
    ['_OTHER for nothing', undefined, '_OTHER'],
  ])('is %s', (_, error, expected) => {
    expect(errorType(error)).toBe(expected);
  });

  it('survives an error that throws when it is asked', () => {
    const hostile = Object.defineProperty(new Error('x'), 'name', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(errorType(hostile)).toBe('_OTHER');
  });
});
