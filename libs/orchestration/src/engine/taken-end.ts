import type { HandOffSpec } from '../definition/command-spec.ts';

/** An end of a hand-off as the machine gets it. */
export interface Found {
  /** Contract id. */
  readonly contract: string;
  readonly data: object;
}

/**
 * What somebody tells of an end, checked and read as the event itself would be; undefined when it is no end of the
 * hand-off, comes without data, or breaks its contract, which is noted.
 */
export function taken(
  { ends }: HandOffSpec,
  contract: string,
  data: object | undefined,
  lacks: string[],
): Found | undefined {
  const accepted = ends.get(contract);
  if (accepted === undefined || data === undefined) return undefined;
  try {
    const copy: object = structuredClone(data);
    const [violation] = accepted.contract.violationsOfAccepted(copy);
    if (violation === undefined) return { contract: accepted.target.id, data: accepted.read(copy) };
    lacks.push(`an end breaks ${contract} at "${violation.path}"`);
  } catch (error) {
    lacks.push(
      `an end of ${contract} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return undefined;
}
