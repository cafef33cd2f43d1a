import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { ValidateBy, validateSync } from 'class-validator';
import { isObject } from '../object.ts';

/** The rule's name, which violations carry. */
export const IS_RECORD_OF = 'isRecordOf';

/** Stands for one value of a record: a class with the one field `value`, under the rules of each. */
export type RecordValue = new () => { value?: unknown };

/**
 * The field is an object with any names, whose values all keep the given rules:
 * `@IsRecordOf(IsInt(), Min(0))`, `@IsRecordOf(IsObject(), ValidateNested(), Type(() => Price))`.
 */
export function IsRecordOf(...rules: readonly PropertyDecorator[]): PropertyDecorator {
  return (prototype, field) => {
    const value = valueUnder(rules, `${prototype.constructor.name}.${String(field)}`);
    ValidateBy({
      name: IS_RECORD_OF,
      constraints: [value],
      validator: {
        validate: (record) => isObject(record) && Object.values(record).every((item) => keeps(value, item)),
        defaultMessage: () => '$property must be an object, each value of which keeps its rules',
      },
    })(prototype, field);
  };
}

const values = new WeakSet<object>();

/** The class of a record's values, when the argument of a decorator is one. */
export function recordValueOf(constraint: unknown): RecordValue | undefined {
  return typeof constraint === 'function' && values.has(constraint) ? (constraint as RecordValue) : undefined;
}

function valueUnder(rules: readonly PropertyDecorator[], name: string): RecordValue {
  class Value {}
  Object.defineProperty(Value, 'name', { value: name });
  for (const rule of rules) rule(Value.prototype, 'value');
  values.add(Value);
  return Value;
}

function keeps(value: RecordValue, item: unknown): boolean {
  return validateSync(plainToInstance(value, { value: item }), { forbidUnknownValues: false }).length === 0;
}
