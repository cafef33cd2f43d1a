import { Ajv2020 } from 'ajv/dist/2020.js';
import { isISO4217CurrencyCode, isISO31661Alpha2 } from 'class-validator';

/** The order's rules as somebody who knows Ajv writes them; dates by the expression that its users take from ajv-formats. */
const schema = {
  type: 'object',
  properties: {
    orderId: text(64),
    customer: {
      type: 'object',
      properties: { name: text(200), customerId: text(64), country: { type: 'string', format: 'country' } },
      required: ['name', 'customerId', 'country'],
    },
    placedAt: { type: 'string', format: 'date-time' },
    currency: { type: 'string', format: 'currency' },
    total: { type: 'integer', minimum: 0 },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 1_000,
      items: {
        type: 'object',
        properties: {
          sku: text(64),
          title: text(200),
          quantity: { type: 'integer', minimum: 1, maximum: 10_000 },
          unitPrice: { type: 'integer', minimum: 0 },
        },
        required: ['sku', 'title', 'quantity', 'unitPrice'],
      },
    },
  },
  required: ['orderId', 'customer', 'placedAt', 'currency', 'total', 'lines'],
};

const ajv = new Ajv2020({
  formats: {
    'date-time':
      /^\d\d\d\d-[0-1]\d-[0-3]\dt(?:[0-2]\d:[0-5]\d:[0-5]\d|23:59:60)(?:\.\d+)?(?:z|[+-]\d\d(?::?\d\d)?)$/i,
    currency: isISO4217CurrencyCode,
    country: isISO31661Alpha2,
  },
});

const validate = ajv.compile(schema);

export function ajvCheck(value: unknown): boolean {
  return validate(value);
}

function text(maxLength: number): object {
  return { type: 'string', minLength: 1, maxLength };
}
