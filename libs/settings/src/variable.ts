import type { Kind } from './kinds.ts';

/** Variables by name; an empty value counts as unset. `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One environment variable: how its text becomes a value, and all that a person has to know of it. */
export interface Variable<T> {
  readonly name: string;
  readonly kind: Kind<T>;
  /** What it is for, in Markdown, as it stands in the documentation. */
  readonly meaning: string;
  /** What holds when it is not set. Without one, unset is undefined. */
  readonly default?: T;
  /** What an unset one means, in Markdown, where `default` does not say it. */
  readonly unset?: string;
  /**
   * No refusal shows its value, and the value may stand in a file instead, which `<name>_FILE` names.
   * @default false
   */
  readonly secret?: boolean;
  /** Who reads it, where not every app does. */
  readonly readBy?: string;
}

/** Variables by the name that code has for them. */
export type Table = Readonly<Record<string, Variable<unknown>>>;

/** What a table's variables say. */
export type Values<T extends Table> = { readonly [K in keyof T]: ValueOf<T[K]> };

type ValueOf<V> = V extends { readonly kind: Kind<infer T> }
  ? V extends { readonly default: unknown }
    ? T
    : T | undefined
  : never;
