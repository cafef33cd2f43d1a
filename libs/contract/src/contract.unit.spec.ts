import { Type } from 'class-transformer';
import { Allow, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { describe, expect, test } from 'vitest';
import {
  Contract,
  ContractDefinitionError,
  type ContractOptions,
  contractOf,
  isContract,
  validatorOf,
} from './index.ts';

const options: ContractOptions = { type: 'order.placed', version: 1, kind: 'event', owner: 'storefront' };

@Contract({ ...options, description: 'An order was placed.', partitionKey: 'orderId' })
class OrderPlaced {
  @IsString()
  orderId!: string;

  @IsOptional()
  @IsInt()
  total?: number;
}

describe('a contract', () => {
  const contract = contractOf(OrderPlaced);

  test('knows its names, its owner and its fields', () => {
    expect(contract).toMatchObject({
      class: OrderPlaced,
      type: 'order.placed',
      domain: 'order',
      name: 'placed',
      version: 1,
      id: 'order.placed.v1',
      dataschema: 'urn:troupe:contract:order.placed:v1',
      kind: 'event',
      owner: 'storefront',
      partitionKey: 'orderId',
      enforcement: 'compiled',
      fallbackReasons: [],
    });
  });

  test('is compiled once', () => {
    expect(contractOf(OrderPlaced)).toBe(contract);
  });

  test('has a closed schema for what is produced and an open one for what is accepted', () => {
    const fields = {
      type: 'object',
      properties: { orderId: { type: 'string' }, total: { type: ['integer', 'null'] } },
      required: ['orderId'],
    };
    const annotations = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'order.placed.v1',
      description: 'An order was placed.',
    };
    const $id = 'urn:troupe:contract:order.placed:v1';
    expect(contract.producedSchema).toEqual({ ...annotations, $id, ...fields, additionalProperties: false });
    expect(contract.acceptedSchema).toEqual({
      ...annotations,
      $id: `${$id}:accepted`,
      ...fields,
      additionalProperties: true,
    });
  });

  test('refuses an unknown field where it is produced and keeps it where it is accepted', () => {
    const wider = { orderId: '1', later: true };
    expect(contract.violationsOfProduced(wider)).toEqual([
      { path: '/later', rule: 'unknownField', message: 'the contract has no such field' },
    ]);
    expect(contract.violationsOfAccepted(wider)).toEqual([]);
    expect(wider).toEqual({ orderId: '1', later: true });
  });

  test('is not inherited by a subclass', () => {
    class Special extends OrderPlaced {}
    expect(isContract(OrderPlaced)).toBe(true);
    expect(isContract(Special)).toBe(false);
    expect(() => contractOf(Special)).toThrow('Special: has no @Contract');
  });

  test('passes its decorators on to a subclass', () => {
    @Contract({ ...options, type: 'order.corrected' })
    class Corrected extends OrderPlaced {
      @IsString()
      reason!: string;
    }
    expect(contractOf(Corrected).violationsOfProduced({ reason: 'a' })).toMatchObject([{ path: '/orderId' }]);
  });
});

describe('@Contract refuses', () => {
  test.each([
    ['a type without a dot', { type: 'placed' }, 'type "placed" is not <domain>.<name>'],
    ['a type in upper case', { type: 'Order.placed' }, 'is not <domain>.<name>'],
    ['a type of three parts', { type: 'order.item.placed' }, 'is not <domain>.<name>'],
    ['a type with a wildcard', { type: 'order.*' }, 'is not <domain>.<name>'],
    ['version 0', { version: 0 }, 'version 0 is not a whole number from 1'],
    ['version 1.5', { version: 1.5 }, 'version 1.5 is not a whole number'],
    ['another kind', { kind: 'query' as 'event' }, 'kind "query" is neither event nor command'],
    ['no owner', { owner: '' }, 'owner is empty'],
  ])('%s', (_, wrong, problem) => {
    class Wrong {}
    const declare = () => Contract({ ...options, ...wrong })(Wrong);
    expect(declare).toThrow(ContractDefinitionError);
    expect(declare).toThrow(problem);
    expect(isContract(Wrong)).toBe(false);
  });
});

describe('a class cannot be enforced', () => {
  test('when another class already describes the contract', () => {
    @Contract(options)
    class Rival {
      @IsString()
      id!: string;
    }
    contractOf(OrderPlaced);
    expect(() => contractOf(Rival)).toThrow(
      'Rival: order.placed.v1 is described by another class already, OrderPlaced',
    );
  });

  test('when partitionKey names no field', () => {
    @Contract({ ...options, type: 'order.keyed', partitionKey: 'order' })
    class Keyed {
      @IsString()
      orderId!: string;
    }
    expect(() => contractOf(Keyed)).toThrow('Keyed: partitionKey names no field of it: order');
  });

  test('when it needs arguments to be constructed', () => {
    class Needy {
      @IsString()
      id: string;

      constructor(from: { id: string }) {
        this.id = from.id;
      }
    }
    expect(() => validatorOf(Needy as unknown as new () => object)).toThrow(
      'Needy: cannot be constructed without arguments',
    );
  });

  test('when a field has no decorator', () => {
    class Forgetful {
      @IsString()
      id!: string;

      note?: string;
    }
    expect(() => validatorOf(Forgetful)).toThrow('field note has no class-validator decorator');
  });

  test('when a field has the name of what every object has', () => {
    class Named {
      @Allow()
      valueOf!: never;
    }
    expect(() => validatorOf(Named)).toThrow('field valueOf has a name that every object has');
  });

  test('when a nested field does not say its class', () => {
    class Outer {
      @ValidateNested()
      inner!: object;
    }
    expect(() => validatorOf(Outer)).toThrow('field inner has @ValidateNested but no @Type');
  });

  test('when @Type names nothing', () => {
    class Outer {
      @ValidateNested()
      @Type(() => undefined as unknown as typeof OrderPlaced)
      inner!: object;
    }
    expect(() => validatorOf(Outer)).toThrow('@Type of field inner names no class');
  });
});
