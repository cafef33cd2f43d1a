import type { CompiledContract } from '@troupe/contract';
import { examplesOf } from '../documents/examples.ts';
import { UsageError } from '../errors.ts';
import { dataOf } from '../json-file.ts';

/** Data for messages of each contract, by its id, that a person gave. */
export type Given = ReadonlyMap<string, object>;

/**
 * What `--data <contract>=<file>` gives.
 * @throws UsageError
 */
export async function givenData(options: readonly string[]): Promise<Given> {
  const entries = options.map(async (option) => {
    const [, contract, file] = /^([^=]+)=(.+)$/s.exec(option) ?? [];
    if (contract === undefined)
      throw new UsageError(`--data ${option} is not <contract>=<file>, such as order.placed.v1=order.json.`);
    return [contract, await dataOf(file)] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Data of valid messages of a contract, each another fact. */
export class Samples {
  #made = 0;
  readonly #run = Date.now().toString(36);

  constructor(private readonly given: Given) {}

  /**
   * Data that the contract takes, with business keys of its own: a step may handle a key once.
   * @throws UsageError when the contract has no example, and none was given
   */
  of(contract: CompiledContract): Fields {
    const example = this.given.get(contract.id) ?? examplesOf(contract)[0];
    if (example === undefined)
      throw new UsageError(`${contract.id} has no example: give its data with --data ${contract.id}=<file>.`);
    const wrong = contract.violationsOfAccepted(example)[0];
    if (wrong !== undefined)
      throw new UsageError(`The data of ${contract.id} breaks it: ${wrong.path || '/'}: ${wrong.message}`);
    const data = structuredClone(example) as Fields;
    const unique = `${this.#run}-${++this.#made}`;
    for (const path of contract.businessKeys) {
      const [, key = ''] = path.split('/');
      const value = data[key];
      if (path !== `/${key}` || typeof value !== 'string') continue;
      data[key] = `${value}-${unique}`;
      if (contract.violationsOfAccepted(data).length > 0) data[key] = value;
    }
    return data;
  }
}

export type Fields = Record<string, unknown>;

/** Values of the wrong type, one of which a field cannot be. */
const STRANGE: readonly unknown[] = [{ not: 'this' }, 17.5, 'not this', [[]]];

/** The data with one field of the wrong type; undefined when the contract takes anything. */
export function wrongType(contract: CompiledContract, data: Fields): Fields | undefined {
  return Object.keys(data)
    .flatMap((field) => STRANGE.map((value) => ({ ...data, [field]: value })))
    .find((changed) => contract.violationsOfAccepted(changed).length > 0);
}

/** The data without a field that must be there; undefined when none must. */
export function withoutRequired(contract: CompiledContract, data: Fields): Fields | undefined {
  return Object.keys(data)
    .map((field) => Object.fromEntries(Object.entries(data).filter(([name]) => name !== field)))
    .find((changed) => contract.violationsOfAccepted(changed).length > 0);
}

/** A text that is JSON, with an unknown field so deep that whoever walks it runs out of stack. */
export function tooDeep(data: Fields): string {
  const levels = 10_000;
  return `${JSON.stringify(data).slice(0, -1)},"conformanceDepth":${'['.repeat(levels)}${']'.repeat(levels)}}`;
}
