import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CompiledContract, Violation } from '@troupe/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { UsageError } from '../errors.ts';
import { contractsIn, isBuilt } from '../workspace/contract-package.ts';
import { packageAt } from '../workspace/packages.ts';

/** What is wrong with data by its contract; empty: nothing. */
export type Check = (data: object) => readonly Violation[];

/** Where a command line says that contracts are. */
export interface ContractPlaces {
  readonly schema?: string | undefined;
  readonly contracts?: string | undefined;
  readonly unchecked?: boolean | undefined;
}

const CONTRACTS = 'libs/contracts';

/**
 * The check of a contract: its JSON Schema from a file, or the contract itself from a built package.
 * @throws UsageError when there is neither, unless that was allowed
 */
export async function checkOf(
  type: string,
  { schema, contracts, unchecked }: ContractPlaces,
): Promise<Check> {
  if (schema !== undefined) return schemaCheck(schema);
  const folder = contracts ?? CONTRACTS;
  if (contracts !== undefined && !existsSync(contracts))
    throw new UsageError(`There is no folder ${contracts}.`);
  const contract = existsSync(folder) ? await contractIn(folder, type) : undefined;
  if (contract !== undefined) return (data) => contract.violationsOfAccepted(data);
  if (unchecked) return () => [];
  throw new UsageError(
    `No contract ${type} is known (looked in ${resolve(folder)}): say --schema <file>, --contracts <folder>, or --unchecked.`,
  );
}

async function schemaCheck(file: string): Promise<Check> {
  let validate: ReturnType<Ajv2020['compile']>;
  try {
    // Formats and keywords of others are remarks, as the specification has it.
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    validate = ajv.compile(JSON.parse(await readFile(file, 'utf8')) as object);
  } catch (error) {
    throw new UsageError(
      `${file} is no JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return (data) => {
    if (validate(data)) return [];
    return (validate.errors ?? []).map(({ instancePath, keyword, message }) => ({
      path: instancePath,
      rule: keyword,
      message: message ?? keyword,
    }));
  };
}

async function contractIn(folder: string, type: string): Promise<CompiledContract | undefined> {
  const inside = existsSync(join(folder, 'package.json')) ? [''] : await readdir(folder);
  for (const name of inside) {
    if (!existsSync(join(folder, name, 'package.json'))) continue;
    const owner = await packageAt(resolve(folder, name));
    if (!isBuilt(owner)) continue;
    const found = (await contractsIn(owner)).find(({ id }) => id === type);
    if (found !== undefined) return found;
  }
  return undefined;
}
