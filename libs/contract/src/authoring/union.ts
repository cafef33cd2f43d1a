import 'reflect-metadata';
import { Type } from 'class-transformer';
import { buildMessage, ValidateBy, ValidateNested, type ValidationOptions } from 'class-validator';
import { isObject } from '../object.ts';

/** The rule's name, which violations carry. */
export const IS_ONE_OF = 'isOneOf';

/** Classes that a field may hold, told apart by the value of one of their fields. */
export interface Union {
  readonly property: string;
  readonly classes: () => Readonly<Record<string, new () => object>>;
}

/**
 * The field holds one of several classes, and the value of `property`, which each of them declares, says which:
 * `@IsOneOf('method', () => ({ card: CardPayment, transfer: BankTransfer }))`. Anything else is refused. It brings
 * `@ValidateNested` and `@Type` along.
 */
export function IsOneOf(
  property: string,
  classes: Union['classes'],
  options?: ValidationOptions,
): PropertyDecorator {
  const union: Union = { property, classes };
  const discriminator = {
    property,
    get subTypes() {
      return Object.entries(classes()).map(([name, value]) => ({ name, value }));
    },
  };
  unions.add(union);
  const nested = ValidateNested(options);
  const typed = Type(() => Object.values(classes())[0] ?? Object, {
    discriminator,
    keepDiscriminatorProperty: true,
  });
  const oneOf = ValidateBy(
    {
      name: IS_ONE_OF,
      constraints: [union],
      validator: {
        validate: (value) => isObject(value) && isNamed(classes(), value[property]),
        defaultMessage: buildMessage(
          (each) =>
            `${each}$property must be an object whose ${property} is one of ${Object.keys(classes()).join(', ')}`,
          options,
        ),
      },
    },
    options,
  );
  discriminated.add(discriminator);
  return (prototype, field) => {
    for (const decorate of [nested, typed, oneOf]) decorate(prototype, field);
  };
}

const unions = new WeakSet<object>();
const discriminated = new WeakSet<object>();

/** The union, when the argument of a decorator is one. */
export function unionOf(constraint: unknown): Union | undefined {
  return typeof constraint === 'object' && constraint !== null && unions.has(constraint)
    ? (constraint as Union)
    : undefined;
}

/** Whether a discriminator of class-transformer is the one of a union. */
export function isUnion(discriminator: object): boolean {
  return discriminated.has(discriminator);
}

function isNamed(classes: object, name: unknown): boolean {
  return typeof name === 'string' && Object.hasOwn(classes, name);
}
