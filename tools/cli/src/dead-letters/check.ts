import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompiledContract, Violation } from '@troupe/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { UsageError } from '../errors.ts';

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
    const found = await contractOfPackage(resolve(folder, name), type);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Contracts are known to the copy of the contract language that their own package uses. */
async function contractOfPackage(folder: string, type: string): Promise<CompiledContract | undefined> {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { exports } = JSON.parse(await readFile(manifest, 'utf8')) as Manifest;
  const entry = exports?.['.']?.default;
  if (entry === undefined || !existsSync(join(folder, entry))) return undefined;
  const language = createRequire(manifest).resolve('@troupe/contract');
  const { contractOf, isContract } = (await import(
    pathToFileURL(language).href
  )) as typeof import('@troupe/contract');
  const exported: object = await import(pathToFileURL(join(folder, entry)).href);
  const contracts = Object.values(exported).filter(isContract).map(contractOf);
  return contracts.find(({ id }) => id === type);
}

interface Manifest {
  readonly exports?: { readonly '.'?: { readonly default?: string } };
}
