import type { CompiledContract } from '@troupe/contract';

/** Messages that the contract gives as examples of itself. */
export function examplesOf({ producedSchema: { examples } }: CompiledContract): readonly unknown[] {
  return Array.isArray(examples) ? examples : [];
}

/** What is wrong with them, a sentence each: documents that show what is refused would be worse than none. */
export function wrongExamples(contract: CompiledContract): string[] {
  return examplesOf(contract).flatMap((example, n) =>
    contract
      .violationsOfProduced(example)
      .map(({ path, message }) => `Example ${n + 1} of ${contract.id} breaks it: ${path || '/'}: ${message}`),
  );
}
