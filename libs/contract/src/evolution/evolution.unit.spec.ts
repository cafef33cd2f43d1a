import { IsInt, IsOptional, IsString } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  acceptedBy,
  Contract,
  type ContractClass,
  ContractDefinitionError,
  contractOf,
  Upcast,
  UpcastError,
} from '../index.ts';

const order = { type: 'order.placed', kind: 'event', owner: 'storefront' } as const;

@Contract({ ...order, version: 1 })
class OrderV1 {
  @IsString()
  customer!: string;

  /** In major units. */
  @IsInt()
  amount!: number;
}

@Contract({ ...order, version: 2 })
class OrderV2 {
  @IsString()
  customer!: string;

  @IsInt()
  cents!: number;

  @IsOptional()
  @IsString()
  note?: string;

  @Upcast(OrderV1)
  static fromV1({ amount, ...rest }: OrderV1): OrderV2 {
    return { ...rest, cents: amount * 100 };
  }
}

@Contract({ ...order, version: 4 })
class OrderV4 {
  @IsString()
  customer!: string;

  @IsInt()
  cents!: number;

  @IsString()
  currency!: string;

  @Upcast(OrderV2)
  static fromV2(message: OrderV2): OrderV4 {
    expect(message).toBeInstanceOf(OrderV2);
    return { ...message, currency: OrderV4.currencyOf(message.customer) };
  }

  private static currencyOf(customer: string): string {
    if (customer === '') throw new TypeError('whose order is it?');
    return customer === 'nobody' ? (undefined as unknown as string) : 'EUR';
  }
}

function idsOf(...consumed: ContractClass[]): string[] {
  return acceptedBy(consumed).map(({ contract, target }) => `${contract.id} → ${target.id}`);
}

function reader(consumed: ContractClass, id: string) {
  const accepted = acceptedBy([consumed]).find(({ contract }) => contract.id === id);
  if (accepted === undefined) throw new Error(`${id} is not accepted`);
  return accepted;
}

describe('a consumer', () => {
  test('takes the contracts that it names, and what can be made one of them, newest first', () => {
    expect(idsOf(OrderV1)).toEqual(['order.placed.v1 → order.placed.v1']);
    expect(idsOf(OrderV4)).toEqual([
      'order.placed.v4 → order.placed.v4',
      'order.placed.v2 → order.placed.v4',
      'order.placed.v1 → order.placed.v4',
    ]);
  });

  test('of several majors converts as little as it can', () => {
    expect(idsOf(OrderV4, OrderV2)).toEqual([
      'order.placed.v4 → order.placed.v4',
      'order.placed.v2 → order.placed.v2',
      'order.placed.v1 → order.placed.v2',
    ]);
    expect(idsOf(OrderV4, OrderV1)).toEqual([
      'order.placed.v4 → order.placed.v4',
      'order.placed.v2 → order.placed.v4',
      'order.placed.v1 → order.placed.v1',
    ]);
  });

  test('gets an older message through all upcasters between, with the fields that nobody knows', () => {
    const read = reader(OrderV4, 'order.placed.v1').read({ customer: 'c', amount: 3, later: [1] });
    expect(read).toBeInstanceOf(OrderV4);
    expect(read).toEqual({ customer: 'c', cents: 300, currency: 'EUR', later: [1] });
  });

  test('gets one of its own major as it came', () => {
    const message = { customer: 'c', cents: 3, currency: 'EUR', later: 1 };
    const read = reader(OrderV4, 'order.placed.v4').read(message);
    expect(read).toBe(message);
    expect(read).toBeInstanceOf(OrderV4);
  });
});

describe('an upcaster', () => {
  test('leaves its class compiled, whatever else is static there', () => {
    expect(contractOf(OrderV4).enforcement).toBe('compiled');
  });

  const failure = (customer: string): UpcastError => {
    try {
      reader(OrderV4, 'order.placed.v1').read({ customer, amount: 3 });
    } catch (error) {
      return error as UpcastError;
    }
    throw new Error('nothing was thrown');
  };

  test('that throws is named, with what it threw and where', () => {
    const error = failure('');
    expect(error).toBeInstanceOf(UpcastError);
    expect(error).toMatchObject({
      contract: 'order.placed.v2',
      target: 'order.placed.v4',
      violations: undefined,
    });
    expect(error.message).toBe(
      'order.placed.v2 could not be made order.placed.v4: the upcaster threw: whose order is it?',
    );
    expect(error.stack).toContain('currencyOf');
  });

  test('that returns what breaks the contract is named, with the failing paths', () => {
    const error = failure('nobody');
    expect(error).toMatchObject({
      contract: 'order.placed.v2',
      target: 'order.placed.v4',
      violations: [{ path: '/currency', rule: 'isString' }],
    });
  });

  test.each<[string, unknown, unknown]>([
    ['a promise', Promise.resolve({ orderId: '1' }), { rule: 'isObject' }],
    ['nothing', undefined, { rule: 'isObject' }],
    ['a list', [], { rule: 'isObject' }],
  ])('may not return %s', (_, returned, violation) => {
    const Newer = newerBy(() => returned);
    expect(() => reader(Newer, 'item.packed.v1').read({})).toThrow(UpcastError);
    expect(() => reader(Newer, 'item.packed.v1').read({})).toThrow(
      expect.objectContaining({ violations: [expect.objectContaining(violation)] }),
    );
  });

  test('may return something frozen, or the same again', () => {
    const constant = Object.freeze({ sku: 'a' });
    const Newer = newerBy(() => constant);
    const { read } = reader(Newer, 'item.packed.v1');
    expect(read({})).toEqual({ sku: 'a' });
    expect(read({})).toBeInstanceOf(Newer);
    expect(Object.getPrototypeOf(constant)).toBe(Object.prototype);
  });

  test('may throw anything', () => {
    const Newer = newerBy(() => {
      throw Object.create(null);
    });
    expect(() => reader(Newer, 'item.packed.v1').read({})).toThrow(/the upcaster threw$/);
  });
});

describe('what cannot be an upcaster is refused:', () => {
  const refused = (declare: () => ContractClass) =>
    expect(() => contractOf(declare())).toThrow(ContractDefinitionError);

  test('an async function, by the compiler too', () => {
    class Later {
      readonly cents!: number;
    }
    const convert = { value: async ({ amount }: OrderV1) => ({ cents: amount }) };
    // @ts-expect-error a promise is no message
    const declare = () => Upcast(OrderV1)(Later, 'convert', convert);
    expect(declare).toThrow(/convert is async/);
    refused(() => upcast(OrderV1, { type: 'order.placed', version: 3 }, async () => ({})));
  });

  test.each<[string, ContractClass, { type: string; version: number; kind?: 'command' }]>([
    ['from another type', OrderV1, { type: 'order.paid', version: 3 }],
    ['from a newer major', OrderV4, { type: 'order.placed', version: 3 }],
    ['from the same major', OrderV2, { type: 'order.placed', version: 2 }],
    ['from an event to a command', OrderV1, { type: 'order.placed', version: 3, kind: 'command' }],
    ['from a class without @Contract', class Plain {}, { type: 'order.placed', version: 3 }],
    [
      'from nothing, as files that import one another leave it',
      undefined as unknown as ContractClass,
      { type: 'order.placed', version: 3 },
    ],
  ])('one %s', (_, from, to) => {
    refused(() => upcast(from, to, () => ({})));
  });

  test('a second one', () => {
    class Twice {}
    const descriptor = { value: (): Twice => ({}) };
    Upcast(OrderV1)(Twice, 'one', descriptor);
    expect(() => Upcast(OrderV2)(Twice, 'two', descriptor)).toThrow(/two is a second one/);
  });

  test('one that is not static', () => {
    class Instance {
      convert = (): Instance => this;
    }
    const declare = () =>
      Upcast(OrderV1)(Instance.prototype as unknown as typeof Instance, 'convert', {} as PropertyDescriptor);
    expect(declare).toThrow(/convert is not static/);
  });
});

@Contract({ type: 'item.packed', version: 1, kind: 'event', owner: 'packing' })
class ItemPacked {}

let majors = 1;

/** A newer item.packed, whose upcaster is this function. */
function newerBy(convert: () => unknown): ContractClass {
  return upcast(ItemPacked, { type: 'item.packed', version: ++majors }, convert);
}

function upcast(
  from: ContractClass,
  to: { type: string; version: number; kind?: 'command' },
  convert: () => unknown,
): ContractClass {
  class Newer {
    @IsOptional()
    @IsString()
    sku?: string;
  }
  Upcast(from)(Newer, 'convert', { value: convert as () => Newer });
  Contract({ kind: 'event', owner: 'packing', ...to })(Newer);
  return Newer;
}
