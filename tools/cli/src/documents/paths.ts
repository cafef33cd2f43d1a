/** Where the documents are, relative to their folder, with slashes. */
export const INDEX = 'index.html';
export const ASYNC_API = 'asyncapi.json';

/** The page of a contract. */
export function contractFile(id: string): string {
  return `contracts/${id}.html`;
}

/** The JSON Schema of a contract: of what may be sent, or of what is accepted. */
export function schemaFile(side: 'produced' | 'accepted', id: string): string {
  return `schemas/${side}/${id}.json`;
}
