import { isBoolean, isNotEmptyObject, isObject, isString } from 'class-validator';
import { checked, type Rule, said } from './rule.ts';

const notEmpty = checked('IsNotEmptyObject', 'isNotEmptyObject', isNotEmptyObject, { type: 'object' });

/** The JSON types that have no further rules of their own, and objects. */
export const TYPES: readonly Rule[] = [
  said('IsBoolean', 'isBoolean', isBoolean, { type: 'boolean' }),
  said('IsString', 'isString', isString, { type: 'string' }),
  said('IsObject', 'isObject', isObject, { type: 'object' }),
  {
    ...notEmpty,
    schema: (constraints) => {
      const { nullable } = (constraints[0] ?? {}) as { readonly nullable?: boolean };
      return nullable === false ? notEmpty.schema([{ nullable }]) : { type: 'object', minProperties: 1 };
    },
  },
];
