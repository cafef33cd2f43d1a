import { type CompiledContract, type ContractClass, contractOf } from '@troupe/contract';
import type { Definition } from '../definition/definition.ts';
import { OrchestrationDefinitionError } from '../errors.ts';
import type { Progress } from '../status/master-status.ts';

/** What the HTTP face of an orchestration is made from. */
export interface Face {
  /** Of the orchestration. */
  readonly name: string;
  /** Version of its machine. */
  readonly version: number;
  /** First part of its paths, without slashes. */
  readonly path: string;
  /** The event that begins an instance: its data is the body that starts one. */
  readonly starts: ContractClass;
  /** The instance's id, from that body. Default: from the `Idempotency-Key`, else a random UUID. */
  readonly id?: ((body: never) => string) | undefined;
  readonly progress?: ((context: never, counted: Progress) => Progress) | undefined;
  /** The contracts that it consumes, by id: what is sensitive in results is known from them. */
  readonly contracts: ReadonlyMap<string, CompiledContract<object>>;
  /** The contracts that it sends, by id: what is sensitive in its own end is known from them. */
  readonly sends: ReadonlyMap<string, CompiledContract<object>>;
}

/** The path of an instance. */
export function pathOf({ path }: Face, id: string): string {
  return `/${path}/${encodeURIComponent(id)}`;
}

/**
 * The HTTP face of an orchestration; undefined when it has none.
 * @throws OrchestrationDefinitionError for a path that is none
 */
export function faceOf({ name, version, options, contracts, sends }: Definition): Face | undefined {
  const { path = `${name}s`, starts, id, progress } = options;
  if (path === false) return undefined;
  if (!PATH.test(path))
    throw new OrchestrationDefinitionError(name, `has a path "${path}": ${PATH_SENTENCE}`);
  const sent = new Map(sends.map((contract) => [contractOf(contract).id, contractOf(contract)]));
  return { name, version, path, starts, id, progress, contracts, sends: sent };
}

const PATH = /^[a-z0-9]+([-/][a-z0-9]+)*$/;
const PATH_SENTENCE = 'it is lower case letters, digits, and single dashes and slashes between them';
