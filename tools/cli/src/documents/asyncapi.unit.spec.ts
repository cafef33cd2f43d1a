import { Parser } from '@asyncapi/parser';
import type { JsonSchema } from '@troupe/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { asyncApi } from './asyncapi.ts';
import { asyncApiSchemas } from './asyncapi-schemas.ts';
import { asked, MESSAGES, packed } from './contracts.spec.support.ts';
import { documented } from './documented.ts';

const example = MESSAGES[0]?.[0];
const workspace = {
  folder: '/',
  name: 'kits',
  version: '1.2.3',
  contracts: [asked, { ...packed, producedSchema: { ...packed.producedSchema, examples: [example] } }],
  apps: [
    { app: 'shop', produces: [asked], steps: [], flows: [] },
    {
      app: 'packing',
      produces: [],
      steps: [{ name: 'packing__pack', consumes: [asked], emits: [packed], from: 'now' as const }],
      flows: [],
    },
  ],
};
const document = asyncApi(workspace, documented(workspace));

describe('the AsyncAPI document', () => {
  it('is one by the parser of AsyncAPI', async () => {
    const diagnostics = await new Parser().validate(JSON.stringify(document));
    // 0 is an error, 1 a warning; what is below is advice.
    expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([]);
  });

  it.each(MESSAGES)(
    'has a schema that says of %j: accepted is %s, as the contract does',
    (message, accepted) => {
      expect(packed.violationsOfAccepted(message).length === 0).toBe(accepted);
      expect(schemaOf('kit.packed.v2')(JSON.parse(JSON.stringify(message)))).toBe(accepted);
    },
  );

  it('has the examples of a contract, which keep its schema, and none where there is none', () => {
    const { messages } = document.components as {
      messages: Record<string, { examples?: { payload: object }[] }>;
    };
    expect(messages['kit.packed.v2']?.examples).toEqual([{ payload: example }]);
    expect(schemaOf('kit.packed.v2')(messages['kit.packed.v2']?.examples?.[0]?.payload)).toBe(true);
    expect(messages['kit.asked.v1']).not.toHaveProperty('examples');
  });

  it('says who sends and consumes, and where in JetStream', () => {
    expect(document.channels).toMatchObject({
      'kit.asked.v1': {
        address: 'cmd.kit.asked.v1.{lane}',
        'x-jetstream': { stream: 'EVENTS', subjects: 'cmd.kit.asked.v1.*' },
      },
      'kit.packed.v2': { address: 'evt.kit.packed.v2.{lane}' },
    });
    const operations = document.operations as Record<string, JsonSchema>;
    expect(Object.keys(operations)).toEqual([
      'shop.send.kit.asked.v1',
      'packing__pack.receive.kit.asked.v1',
      'packing__pack.send.kit.packed.v2',
    ]);
    expect(operations['packing__pack.receive.kit.asked.v1']).toMatchObject({
      action: 'receive',
      channel: { $ref: '#/channels/kit.asked.v1' },
      'x-jetstream': {
        stream: 'EVENTS',
        consumer: 'packing__pack__kit_asked_v1',
        filter: 'cmd.kit.asked.v1.*',
      },
    });
  });
});

describe('a schema as a component', () => {
  it('keeps what stands beside a reference, and data that looks like one', () => {
    const schema = {
      $id: 'urn:x',
      properties: {
        $ref: { $ref: '#', description: 'Itself.' },
        data: { const: { $ref: '#' }, enum: [{ $ref: '#' }] },
        both: { $ref: '#/$defs/A', allOf: [{ minProperties: 1 }] },
      },
      $defs: { A: { items: { anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }] } } },
    };
    const self = { $ref: '#/components/schemas/a.b.v1' };
    const a = { $ref: '#/components/schemas/a.b.v1.A' };
    expect(Object.fromEntries(asyncApiSchemas('a.b.v1', schema))).toEqual({
      'a.b.v1': {
        properties: {
          $ref: { description: 'Itself.', allOf: [self] },
          data: { const: { $ref: '#' }, enum: [{ $ref: '#' }] },
          both: { allOf: [a, { minProperties: 1 }] },
        },
      },
      'a.b.v1.A': { items: { anyOf: [a, { type: 'null' }] } },
    });
  });
});

function schemaOf(id: string): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
  const validate = ajv.compile({ $ref: `document#/components/schemas/${id}` });
  return (value) => validate(value) as boolean;
}
