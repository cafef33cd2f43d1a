import type { JsonSchema } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { packed } from './contracts.spec.support.ts';
import { fieldsOf } from './fields.ts';

describe('the fields of a contract', () => {
  it('are told with their type, whether they are required, and their limits; a recursive class once', () => {
    const told = fieldsOf(packed.producedSchema).map(
      ({ path, type, required, limits }) => `${path}${required ? '' : '?'}: ${[type, ...limits].join('; ')}`,
    );
    expect(told).toEqual([
      'kitId: string; exactly 3 characters',
      'email?: string or null; at most 254 characters; format idn-email; isEmail',
      'count: integer; 1 to 9',
      'colour: string; one of "red", "blue"',
      'currency: string; isISO4217CurrencyCode',
      'labels: array of string; at most 5 items; each at most 8 characters',
      'largest: Part',
      'largest.name: string; 1 to 20 characters',
      'largest.parts?: array of Part or null',
      'parts: array of Part',
      'parts[].name: string; 1 to 20 characters',
      'parts[].parts?: array of Part or null',
    ]);
  });

  it('carry what their schema says of them', () => {
    const schema: JsonSchema = {
      properties: {
        token: {
          allOf: [{ $ref: '#/$defs/Token' }],
          description: 'Stands for the card.',
          examples: ['tok_visa'],
          deprecated: true,
          'x-troupe-sensitive': true,
          'x-troupe-business-key': true,
        },
        plain: { type: 'string', deprecated: false },
        spare: { $ref: '#/$defs/Token' },
      },
      $defs: {
        Token: {
          description: 'A token.',
          type: 'object',
          properties: { value: { type: 'string' } },
          required: ['value'],
        },
      },
    };
    expect(fieldsOf(schema)).toMatchObject([
      {
        path: 'token',
        type: 'Token',
        limits: [],
        description: 'Stands for the card.',
        examples: ['tok_visa'],
        deprecated: true,
        sensitive: true,
        businessKey: true,
      },
      { path: 'token.value', required: true },
      {
        path: 'plain',
        description: undefined,
        examples: [],
        deprecated: false,
        sensitive: false,
        businessKey: false,
      },
      { path: 'spare', description: 'A token.' },
      { path: 'spare.value' },
    ]);
  });

  it('hide no keyword that has no words', () => {
    const field = {
      'x-isByteLength': [1, 20],
      not: { const: '' },
      $comment: 'a function decides',
      pattern: '^a',
      'x-flags': 'i',
    };
    expect(fieldsOf({ properties: { field } })[0]?.limits).toEqual([
      'matches /^a/i',
      'isByteLength(1,20)',
      'not {"const":""}',
      'a function decides',
    ]);
  });
});
