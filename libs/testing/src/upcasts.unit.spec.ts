import { Contract, type ContractClass, ContractViolationError, Upcast, UpcastError } from '@troupe/contract';
import { Allow, IsOptional, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { OrderPlaced } from './payments.spec.support.ts';
import { OrderPlacedV2 } from './two-majors.spec.support.ts';
import { upcastExamples } from './upcasts.ts';

describe('examples of an older major', () => {
  it('become the newer one', () => {
    const [order] = upcastExamples(OrderPlaced, OrderPlacedV2, [{ orderId: 'o-1', amount: 500 }]);
    expect(order).toEqual({ orderId: 'o-1', total: { minor: 500, currency: 'EUR' } });
    expect(order).toBeInstanceOf(OrderPlacedV2);
  });

  it('must be messages of that', () => {
    const wrong = { orderId: 'o-1', amount: 'a lot' } as unknown as OrderPlaced;
    expect(() => upcastExamples(OrderPlaced, OrderPlacedV2, [wrong])).toThrow(ContractViolationError);
  });

  it('are left as they are', () => {
    const example = Object.freeze({ orderId: 'o-1', amount: 500 });
    upcastExamples(OrderPlaced, OrderPlacedV2, [example]);
    expect(Object.getPrototypeOf(example)).toBe(Object.prototype);
  });

  it('cannot become what has no upcaster from them', () => {
    expect(() => upcastExamples(OrderPlacedV2, OrderPlaced, [])).toThrow(
      /OrderPlaced has no @Upcast from OrderPlacedV2/,
    );
  });
});

@Contract({ type: 'item.packed', version: 1, kind: 'event', owner: 'packing' })
class ItemPacked {
  @Allow()
  items!: string[];
}

let majors = 1;

/** A newer item.packed, whose upcaster is this function. */
function newerBy(convert: (message: ItemPacked) => object): ContractClass {
  class Newer {
    @Allow()
    items!: string[];

    @IsOptional()
    @IsString()
    at?: string;
  }
  Upcast(ItemPacked)(Newer, 'convert', { value: convert as (message: ItemPacked) => Newer });
  Contract({ type: 'item.packed', version: ++majors, kind: 'event', owner: 'packing' })(Newer);
  return Newer;
}

describe('an upcaster that is not pure is found out:', () => {
  const examples = [{ items: ['b', 'a'] }, { items: ['c'] }];
  let calls = 0;

  it.each<[string, (message: ItemPacked) => object, unknown]>([
    ['it reads the clock', (message) => ({ ...message, at: new Date().toISOString() }), /the second time/],
    ['it rolls dice', (message) => ({ ...message, at: `${Math.random()}` }), /the second time/],
    ['it remembers', (message) => ({ ...message, at: `${calls++}` }), /the second time/],
    ['it changes its input', (message) => Object.assign(message, { at: 'x' }), UpcastError],
    ['it changes what is in its input', ({ items }) => ({ items: items.sort() }), UpcastError],
  ])('%s', (_what, convert, error) => {
    expect(() => upcastExamples(ItemPacked, newerBy(convert), examples)).toThrow(error as RegExp);
  });
});
