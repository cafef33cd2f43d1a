import openapiTS, { astToString } from 'openapi-typescript';
import { schemas } from '../../apps/console/src/api/schemas.ts';

const HEAD =
  '/** What the console answers. Made from its OpenAPI document by `npm test -- tools/workspace/console-answers --update`. */\n\n';

/** The named schemas of the console's OpenAPI document as types, for its page. */
export async function consoleAnswers() {
  /** @type {Record<string, any>} */
  const described = schemas;
  const types = await openapiTS(
    {
      openapi: '3.1.0',
      info: { title: 'Console', version: '1' },
      paths: {},
      components: { schemas: described },
    },
    { immutable: true, rootTypes: true, rootTypesNoSchemaPrefix: true },
  );
  return HEAD + astToString(types);
}
