/** A JSON Schema (2020-12) object. */
export type JsonSchema = { readonly [keyword: string]: unknown };
