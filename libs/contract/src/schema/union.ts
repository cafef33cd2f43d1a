import type { Union } from '../authoring/union.ts';
import { ContractDefinitionError } from '../error.ts';
import type { JsonSchema } from '../json-schema.ts';
import { type MessageClass, shapeOf } from './class-shape.ts';
import type { Reference } from './nesting.ts';

/**
 * `@IsOneOf`: the class that the discriminator names.
 * @throws ContractDefinitionError when there is no class, or one that does not declare the discriminator
 */
export function unionSchema(
  cls: MessageClass,
  { property, classes }: Union,
  reference: (nested: MessageClass) => Reference,
): JsonSchema {
  const members = Object.entries(classes());
  if (members.length === 0)
    throw new ContractDefinitionError(cls.name, `@IsOneOf by ${property} names no class`);
  const oneOf = members.map(([name, member]) => {
    if (typeof member !== 'function') {
      throw new ContractDefinitionError(cls.name, `@IsOneOf by ${property} names no class for ${name}`);
    }
    if (!shapeOf(member).fields.has(property)) {
      throw new ContractDefinitionError(
        cls.name,
        `@IsOneOf tells classes by ${property}, which ${member.name} does not declare; add it with @Equals('${name}')`,
      );
    }
    return { ...reference(member).one, properties: { [property]: { const: name } } };
  });
  return { type: 'object', required: [property], discriminator: { propertyName: property }, oneOf };
}
