import type { StoredEvent } from '../evidence/events.ts';
import type { AcceptedOrder } from '../shopping.ts';

/** The flows that must not be completed when all is over, as `<flow> <state>`: those of which a dead letter is open. */
export function unfinishedFlows(
  accepted: readonly AcceptedOrder[],
  events: readonly StoredEvent[],
): string[] {
  const poisonous = accepted.filter(({ kind }) => kind === 'poison').map(({ flowId }) => flowId);
  const broken = events.filter(({ mark }) => mark === 'broken').map(({ id }) => id);
  return [...poisonous, ...broken].map((flow) => `${flow} failed`).toSorted();
}

/** Where the ledger's word is another. */
export function ledgerDifferences(said: readonly string[], expected: readonly string[]): string[] {
  return [
    ...said
      .filter((one) => !expected.includes(one))
      .map((one) => `the ledger calls flow ${one}, which it is not`),
    ...expected.filter((one) => !said.includes(one)).map((one) => `the ledger does not call flow ${one}`),
  ];
}
