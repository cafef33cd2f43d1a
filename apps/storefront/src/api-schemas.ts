import { validatorOf } from '@troupe/contract';
import { PlaceOrder } from './place-order.ts';

/** Named schemas of the OpenAPI document. */
export type SchemaName = 'PlaceOrder' | 'Taken' | 'Receipt' | 'Problem';

/** Refers to a named schema. */
export function schemaRef(name: SchemaName): { $ref: string } {
  return { $ref: `${COMPONENTS}${name}` };
}

/** All named schemas; that of the body is the one that bodies are checked against, so the page cannot say otherwise. */
export function apiSchemas(): Record<string, object> {
  return { ...bodySchemas(), Taken: taken, Receipt: receipt, Problem: problem };
}

const COMPONENTS = '#/components/schemas/';

const text = { type: 'string' };

const taken = {
  type: 'object',
  required: ['orderId', 'flowId'],
  properties: { orderId: text, flowId: text },
};

const receipt = {
  type: 'object',
  required: ['orderId', 'flowId', 'placedAt'],
  properties: { orderId: text, flowId: text, placedAt: { ...text, format: 'date-time' } },
};

const failing = {
  type: 'object',
  required: ['pointer', 'rule', 'detail'],
  properties: {
    pointer: { ...text, description: 'JSON Pointer (RFC 6901) into the body.' },
    rule: text,
    detail: text,
  },
};

const problem = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: text,
    code: { ...text, description: 'Stable code of the platform, where it has one.' },
    errors: { type: 'array', description: 'Everything that is wrong in the body.', items: failing },
  },
};

function bodySchemas(): Record<string, object> {
  const { $defs = {}, $schema: _, ...body } = validatorOf(PlaceOrder).schema;
  const named = { ...($defs as Record<string, object>), [PlaceOrder.name]: body };
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, published(schema)]));
}

/** As a part of the document, and closed: a body with an unknown field is refused. */
function published(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') return value.replace('#/$defs/', COMPONENTS);
    return key === 'additionalProperties' ? false : value;
  }) as object;
}
