import { contractOf } from '@troupe/contract';
import { DirectNotTakenError } from '../errors.ts';
import { stepName } from '../naming.ts';
import type { StepDefinition } from '../step.ts';

/** What throws `DirectNotTakenError` for a contract that the step of that name does not take directly. */
export function assertTakenBy(
  app: string,
  steps: readonly StepDefinition[] = [],
): (step: string, contractId: string) => void {
  const taken = new Map(
    steps.map(({ name, direct = [] }) => [name, new Set(direct.map((one) => contractOf(one).id))]),
  );
  return (step, contractId) => {
    if (taken.get(step)?.has(contractId) !== true)
      throw new DirectNotTakenError(stepName(app, step), contractId);
  };
}
