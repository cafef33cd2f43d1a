import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledContract } from '@troupe/contract';
import { stepName } from '@troupe/jetstream';
import type { AppDescription } from '@troupe/nest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { WorkspaceError } from '../errors.ts';
import { type Package, sentenceOf } from './packages.ts';

/** What an app in another language says of itself, in a JSON file; contracts are named by their ids. */
interface Declaration {
  readonly app: string;
  readonly produces?: readonly string[];
  readonly steps?: readonly {
    readonly name: string;
    readonly on: readonly string[];
    readonly emits: readonly string[];
    readonly from: 'beginning' | 'now';
    readonly within?: string;
  }[];
  readonly flows?: readonly {
    readonly starts: string;
    readonly ends: readonly string[];
    readonly within?: string;
  }[];
}

/**
 * Describes an app in another language by what it says of itself.
 * @param contracts all of the workspace
 * @throws WorkspaceError for a file that is not as it must be, or names a contract that is not there
 */
export async function foreignApp(
  { folder, path }: Package,
  file: string,
  contracts: readonly CompiledContract[],
): Promise<AppDescription> {
  const { app, produces = [], steps = [], flows = [] } = await declarationIn(join(folder, file), path, file);
  const named = (id: string): CompiledContract => {
    const contract = contracts.find((one) => one.id === id);
    if (contract !== undefined) return contract;
    throw new WorkspaceError(path, `names ${file}, which names ${id}: no contract package has it.`);
  };
  return {
    app,
    produces: produces.map(named),
    steps: steps.map(({ name, on, emits, ...rest }) => ({
      ...rest,
      name: stepName(app, name),
      consumes: on.map(named),
      emits: emits.map(named),
    })),
    flows: flows.map(({ starts, ends, ...rest }) => ({
      ...rest,
      starts: named(starts),
      ends: ends.map(named),
    })),
  };
}

async function declarationIn(whole: string, path: string, file: string): Promise<Declaration> {
  let declaration: unknown;
  try {
    declaration = JSON.parse(await readFile(whole, 'utf8'));
  } catch (error) {
    throw new WorkspaceError(path, `names ${file}, which cannot be read: ${sentenceOf(error)}`, {
      cause: error,
    });
  }
  if (isDeclaration(declaration)) return declaration;
  const wrong = ajv.errorsText(isDeclaration.errors, { dataVar: 'it' });
  throw new WorkspaceError(path, `names ${file}, which is wrong: ${wrong}.`);
}

const ajv = new Ajv2020();
const name = { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 };
const ids = { type: 'array', items: { type: 'string' }, uniqueItems: true };
const within = { type: 'string', pattern: '^[1-9][0-9]{0,8}(ms|s|m|h|d)$' };
const isDeclaration = ajv.compile<Declaration>({
  type: 'object',
  properties: {
    app: name,
    produces: ids,
    steps: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name,
          on: { ...ids, minItems: 1 },
          emits: ids,
          from: { enum: ['beginning', 'now'] },
          within,
        },
        required: ['name', 'on', 'emits', 'from'],
        additionalProperties: false,
      },
    },
    flows: {
      type: 'array',
      items: {
        type: 'object',
        properties: { starts: { type: 'string' }, ends: { ...ids, minItems: 1 }, within },
        required: ['starts', 'ends'],
        additionalProperties: false,
      },
    },
  },
  required: ['app'],
  additionalProperties: false,
});
