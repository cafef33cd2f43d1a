import { createRequire } from 'node:module';
import type { MetadataStorage } from 'class-transformer/types/MetadataStorage.js';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { ContractDefinitionError } from '../error.ts';
import { lineage } from '../lineage.ts';

/** A class of messages or of their parts. */
export type MessageClass = new () => object;

/** A class as its decorators describe it. */
export interface ClassShape {
  /** Every field's decorators, those of ancestors included. */
  readonly fields: ReadonlyMap<string, readonly ValidationMetadata[]>;
  /** Fields that a new instance already has a value in. */
  readonly initialised: ReadonlySet<string>;
  /** Whether class-transformer renames, drops or changes fields, so that messages look otherwise than the class. */
  readonly transformed: boolean;
  /** Why class-transformer would not hand over the fields as they came: one sentence each. */
  readonly reasons: readonly string[];
}

/**
 * Reads a class.
 * @throws ContractDefinitionError when a field could never hold a value that passes, or the class has no plain instances.
 */
export function shapeOf(cls: MessageClass): ClassShape {
  const metadata = metadataOf(cls);
  const fields = Map.groupBy(metadata, ({ propertyName }) => propertyName);
  const instance = instanceOf(cls);
  for (const field of fields.keys()) {
    if (field in Object.prototype) {
      throw new ContractDefinitionError(
        cls.name,
        `field ${field} has a name that every object has; rename it`,
      );
    }
  }
  for (const field of Object.keys(instance)) {
    if (!fields.has(field)) {
      throw new ContractDefinitionError(
        cls.name,
        `field ${field} has no class-validator decorator, so every message would be refused for it; add one, at least @Allow()`,
      );
    }
  }
  const initialised = Object.entries(instance).flatMap(([field, value]) =>
    value === undefined ? [] : [field],
  );
  const changes = transformations(cls);
  return {
    fields,
    initialised: new Set(initialised),
    transformed: changes.length > 0,
    reasons: [...initialValues(cls, initialised), ...behaviour(cls), ...changes],
  };
}

/**
 * What class-validator knows of a class, read once. It walks all classes that there are for each that it is asked for,
 * in search of ancestors: so one without any is looked up in its map.
 */
export function metadataOf(cls: MessageClass): readonly ValidationMetadata[] {
  const known = metadatas.get(cls);
  if (known) return known;
  const storage = getMetadataStorage();
  const { validationMetadatas } = storage as unknown as OwnMetadata;
  const metadata =
    lineage(cls).length === 1
      ? (validationMetadatas.get(cls) ?? [])
      : storage.getTargetValidationMetadatas(cls, '', false, false);
  metadatas.set(cls, metadata);
  return metadata;
}

interface OwnMetadata {
  readonly validationMetadatas: ReadonlyMap<object, readonly ValidationMetadata[]>;
}

const metadatas = new WeakMap<MessageClass, readonly ValidationMetadata[]>();

/** What class-transformer knows of a class; its package has no public way to it. */
export const transformer = (
  createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
    readonly defaultMetadataStorage: MetadataStorage;
  }
).defaultMetadataStorage;

function instanceOf(cls: MessageClass): object {
  try {
    return new cls();
  } catch (error) {
    throw new ContractDefinitionError(cls.name, `cannot be constructed without arguments: ${error}`);
  }
}

function initialValues(cls: MessageClass, fields: readonly string[]): string[] {
  return fields.map(
    (field) => `${cls.name}.${field}: its initial value stands in where a message lacks the field`,
  );
}

function behaviour(cls: MessageClass): string[] {
  const names = lineage(cls).flatMap((ancestor) => Object.getOwnPropertyNames(ancestor.prototype));
  return names
    .filter((name) => name !== 'constructor')
    .map(
      (name) => `${cls.name}.${name}: a method or accessor, whose name class-transformer skips in messages`,
    );
}

function transformations(cls: MessageClass): string[] {
  const renamed = [...transformer.getExposedMetadatas(cls), ...transformer.getExcludedMetadatas(cls)];
  const transformed = transformedFields(cls);
  const members = new Set([
    ...renamed.map(({ propertyName }) => propertyName ?? '(class)'),
    ...transformed,
    ...(transformer.getStrategy(cls) === 'none' ? [] : ['(class)']),
  ]);
  return [...members].map(
    (member) => `${cls.name}.${member}: @Expose, @Exclude or @Transform changes it first`,
  );
}

/** Fields under `@Transform`. class-transformer finds them by field only, so its own map is asked for names. */
function transformedFields(cls: MessageClass): string[] {
  const known = (transformer as unknown as TransformMetadata)._transformMetadatas;
  return lineage(cls).flatMap((ancestor) => [...(known.get(ancestor)?.keys() ?? [])]);
}

interface TransformMetadata {
  readonly _transformMetadatas: ReadonlyMap<object, ReadonlyMap<string, unknown>>;
}
