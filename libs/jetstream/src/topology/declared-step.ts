import { acceptedBy, type CompiledContract, contractOf } from '@troupe/contract';
import type { OrchestrationManifest, StepDefinition } from '../step.ts';

/** What of a step decides its consumers and its manifest: the same for one of another language. */
export interface DeclaredStep {
  /** Unique in its app. */
  readonly name: string;
  /** Every contract that it takes, older majors that it converts included. */
  readonly consumes: readonly CompiledContract[];
  readonly emits: readonly CompiledContract[];
  /** Contracts of messages to this step alone, when there are any. */
  readonly direct?: readonly CompiledContract[];
  /** Whether it hears of its commands among the dead letters. Default: no. */
  readonly hearsOfLetters?: boolean;
  readonly orchestration?: OrchestrationManifest;
  readonly from: 'beginning' | 'now';
  readonly within?: string;
}

export function declaredStep(step: StepDefinition): DeclaredStep {
  const { name, on, emits, direct, lettersOf, orchestration, from, within } = step;
  return {
    name,
    consumes: acceptedBy(on).map(({ contract }) => contract),
    emits: emits.map(contractOf),
    ...(direct !== undefined && { direct: acceptedBy(direct).map(({ contract }) => contract) }),
    ...(lettersOf !== undefined && { hearsOfLetters: true }),
    ...(orchestration !== undefined && { orchestration }),
    from,
    ...(within !== undefined && { within }),
  };
}
