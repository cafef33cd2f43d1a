import { type CompiledContract, exampleOf } from '@troupe/contract';

/**
 * Messages that the contract gives as examples of itself, or else the one that is put together from those of its fields;
 * none while a required field has no example.
 */
export function examplesOf({ producedSchema }: CompiledContract): readonly unknown[] {
  if (producedSchema.examples) return producedSchema.examples as readonly unknown[];
  const { message } = exampleOf(producedSchema);
  return message === undefined ? [] : [message];
}

/** What is wrong with them, a sentence each: documents that show what is refused would be worse than none. */
export function wrongExamples(contract: CompiledContract): string[] {
  const { id, producedSchema } = contract;
  return examplesOf(contract).flatMap((example, n) => {
    const which = producedSchema.examples
      ? `Example ${n + 1} of ${id}`
      : `The example of ${id}, put together from its fields,`;
    return contract
      .violationsOfProduced(example)
      .map(({ path, message }) => `${which} breaks it: ${path || '/'}: ${message}`);
  });
}
