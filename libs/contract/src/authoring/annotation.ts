import { lineage } from '../lineage.ts';

/** Since when a field is on its way out, and what to use in its place. */
export interface Deprecation {
  /** Version of the emitting app, or a date: `2.3.0`, `2026-11-01`. */
  readonly since: string;
  /** The field that takes its place, or what else to do. */
  readonly use?: string;
}

/** What a class says of a field beside its rules. */
export interface Annotation {
  readonly businessKey?: boolean;
  readonly sensitive?: boolean;
  readonly deprecated?: Deprecation;
  readonly examples?: readonly unknown[];
  /** In an object of its own, since null is a default too. */
  readonly default?: { readonly value: unknown };
}

const declared = new WeakMap<object, Map<string, Annotation>>();

/** The decorator that adds to what a class says of a field; examples add up. */
export function annotation(part: Annotation): PropertyDecorator {
  return (prototype, field) => {
    const fields = declared.get(prototype.constructor) ?? new Map<string, Annotation>();
    declared.set(prototype.constructor, fields);
    const known = fields.get(String(field));
    fields.set(String(field), {
      ...known,
      ...part,
      ...(part.examples && { examples: [...part.examples, ...(known?.examples ?? [])] }),
    });
  };
}

/** What a class and its ancestors say of their fields; the class itself has the last word. */
export function annotationsOf(cls: new () => object): ReadonlyMap<string, Annotation> {
  const all = new Map<string, Annotation>();
  for (const ancestor of lineage(cls).reverse()) {
    for (const [field, part] of declared.get(ancestor) ?? []) all.set(field, { ...all.get(field), ...part });
  }
  return all;
}
