import { Contract, contractOf, Example } from '@troupe/contract';
import { IsInt, IsString, ValidateBy } from 'class-validator';
import { expect, it } from 'vitest';
import { MESSAGES, packed } from './contracts.spec.support.ts';
import { examplesOf, wrongExamples } from './examples.ts';

@Contract({ type: 'kit.sent', version: 1, kind: 'event', owner: 'packing' })
class KitSent {
  @IsString()
  @Example('abc')
  kitId!: string;

  @IsInt()
  @Example(3, 4)
  count!: number;
}

/** Its fields belong together, which the example of no field can tell. */
@Contract({ type: 'kit.sorted', version: 1, kind: 'event', owner: 'packing' })
class KitSorted {
  @IsInt()
  @Example(3)
  from!: number;

  @ValidateBy({
    name: 'notBefore',
    validator: { validate: (to, args) => !(to < (args!.object as KitSorted).from) },
  })
  @Example(2)
  to!: number;
}

const [right] = MESSAGES[0] ?? [];

it('finds no example where there is none, and nothing wrong with one that keeps its contract', () => {
  expect(examplesOf(packed)).toEqual([]);
  expect(wrongExamples(withExamples(right))).toEqual([]);
});

it('puts one together from the fields where the contract gives none', () => {
  const sent = contractOf<object>(KitSent);
  expect(examplesOf(sent)).toEqual([{ kitId: 'abc', count: 3 }]);
  const own = [{ kitId: 'own', count: 1 }];
  expect(examplesOf({ ...sent, producedSchema: { ...sent.producedSchema, examples: own } })).toEqual(own);
});

it('tells every example that breaks its contract, as a sender would', () => {
  expect(wrongExamples(withExamples(right, { ...right, count: 0 }, { ...right, added: 1 }))).toEqual([
    expect.stringMatching(/^Example 2 of kit\.packed\.v2 breaks it: \/count: /),
    expect.stringMatching(/^Example 3 of kit\.packed\.v2 breaks it: \/added: /),
  ]);
});

it('tells one that breaks its contract though each of its fields keeps its own rules', () => {
  expect(wrongExamples(contractOf<object>(KitSorted))).toEqual([
    expect.stringMatching(/^The example of kit\.sorted\.v1, put together from its fields, breaks it: \/to: /),
  ]);
});

function withExamples(...examples: unknown[]) {
  return { ...packed, producedSchema: { ...packed.producedSchema, examples } };
}
