import type { Workspace } from '../workspace/workspace.ts';
import { asyncApi } from './asyncapi.ts';
import { contractPage } from './contract-page.ts';
import type { Documented } from './documented.ts';
import { indexPage } from './index-page.ts';
import { ASYNC_API, contractFile, INDEX, schemaFile } from './paths.ts';

/** A file of the documents. */
export interface DocumentFile {
  /** Relative to the folder of the documents, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** All documents of a workspace, each made when it is asked for. */
export function* filesOf(workspace: Workspace, contracts: readonly Documented[]): Generator<DocumentFile> {
  for (const documented of contracts) {
    const { id, producedSchema, acceptedSchema } = documented.contract;
    yield { path: schemaFile('produced', id), text: jsonOf(producedSchema) };
    yield { path: schemaFile('accepted', id), text: jsonOf(acceptedSchema) };
    yield { path: contractFile(id), text: contractPage(documented) };
  }
  yield { path: ASYNC_API, text: jsonOf(asyncApi(workspace, contracts)) };
  yield { path: INDEX, text: indexPage(workspace, contracts) };
}

function jsonOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
