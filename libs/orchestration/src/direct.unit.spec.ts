import 'reflect-metadata';
import { contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { OrchestrationLetter, OrchestrationRequest, OrchestrationWake } from './direct.ts';

describe('messages to an orchestration itself', () => {
  it.each([OrchestrationWake, OrchestrationRequest, OrchestrationLetter])(
    '%o has an example that keeps to it',
    (cls) => {
      const contract = contractOf<object>(cls);
      expect(contract.violationsOfProduced(exampleOf(contract.producedSchema).message as object)).toEqual([]);
    },
  );

  it('refuses what nobody may ask', () => {
    const { violationsOfAccepted } = contractOf<object>(OrchestrationRequest);
    expect(violationsOfAccepted({ kind: 'restart' })).toMatchObject([{ path: '/kind' }]);
  });
});
