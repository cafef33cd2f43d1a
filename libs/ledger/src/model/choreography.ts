import { ChoreographyError } from '../errors.ts';

/** The expected set of steps, contracts and flows: what `choreography.lock` holds. */
export interface Choreography {
  /** Format of this record. */
  readonly format: 1;
  readonly contracts: readonly DeclaredContract[];
  readonly apps: readonly DeclaredApp[];
}

export interface DeclaredContract {
  /** `order.placed.v1` */
  readonly id: string;
  readonly kind: 'event' | 'command';
}

export interface DeclaredApp {
  readonly app: string;
  readonly steps: readonly DeclaredStep[];
  readonly flows: readonly DeclaredFlow[];
}

export interface DeclaredStep {
  /** Durable name `<app>__<step>`. */
  readonly step: string;
  /** Contract ids. */
  readonly consumes: readonly string[];
  readonly emits: readonly string[];
  readonly from: 'beginning' | 'now';
  /** Deadline of its next event after an input: `30s`. */
  readonly within?: string;
}

/** A flow: the contract that opens it, those that end it, and how long it may take. */
export interface DeclaredFlow {
  readonly starts: string;
  readonly ends: readonly string[];
  readonly within?: string;
}

/** What is expected of an environment about which nothing was declared. */
export const NOTHING_DECLARED: Choreography = { format: 1, contracts: [], apps: [] };

/**
 * Checks the parsed content of `choreography.lock`.
 * @throws ChoreographyError
 */
export function readChoreography(content: unknown): Choreography {
  const lock = content as Partial<Choreography> | null;
  if (typeof lock !== 'object' || lock === null) throw new ChoreographyError('is no JSON object');
  if (lock.format !== 1) throw new ChoreographyError(`has format ${JSON.stringify(lock.format)}, not 1`);
  const { contracts, apps } = lock;
  if (!Array.isArray(contracts) || !contracts.every(isContract))
    throw new ChoreographyError('lists contracts without id and kind');
  if (!Array.isArray(apps) || !apps.every(isApp))
    throw new ChoreographyError('lists apps without their steps and flows');
  return { format: 1, contracts, apps };
}

function isContract(entry: Partial<DeclaredContract> | null): boolean {
  return typeof entry?.id === 'string' && (entry.kind === 'event' || entry.kind === 'command');
}

function isApp(entry: Partial<DeclaredApp> | null): boolean {
  if (typeof entry?.app !== 'string') return false;
  const { steps, flows } = entry;
  return Array.isArray(steps) && steps.every(isStep) && Array.isArray(flows) && flows.every(isFlow);
}

function isStep(entry: Partial<DeclaredStep> | null): boolean {
  return typeof entry?.step === 'string' && isTexts(entry.consumes) && isTexts(entry.emits);
}

function isFlow(entry: Partial<DeclaredFlow> | null): boolean {
  return typeof entry?.starts === 'string' && isTexts(entry.ends);
}

function isTexts(list: unknown): boolean {
  return Array.isArray(list) && list.every((text) => typeof text === 'string');
}
