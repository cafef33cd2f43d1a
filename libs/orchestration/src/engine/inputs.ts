import { contractOf } from '@troupe/contract';
import type { StepContext } from '@troupe/jetstream';
import type { Definition } from '../definition/definition.ts';
import { OrchestrationLetter, OrchestrationRequest, OrchestrationWake } from '../direct.ts';
import type { Input } from '../kernel/input.ts';

/** A message of the orchestration's step, as the kernel takes it. */
export function inputOf({ starts }: Definition, data: object, context: StepContext): Input {
  const { id: inputId, flowId, causationId, traceparent } = context;
  if (data instanceof OrchestrationWake) return { kind: 'wake', inputId, at: data.at };
  if (data instanceof OrchestrationLetter) {
    const { commandId, reason, error } = data;
    return { kind: 'dead-letter', inputId, commandId, reason, message: error };
  }
  if (data instanceof OrchestrationRequest) return requestOf(data, inputId);
  const contract = contractOf(data.constructor as new () => object).id;
  if (contract === starts.id)
    return {
      kind: 'start',
      inputId,
      instanceId: flowId,
      data,
      ...(traceparent !== undefined && { traceparent }),
    };
  return { kind: 'event', inputId, contract, data, ...(causationId !== undefined && { causationId }) };
}

function requestOf({ kind: request, command, answer, by }: OrchestrationRequest, inputId: string): Input {
  return {
    kind: 'request',
    inputId,
    request,
    ...(command !== undefined && { command }),
    ...(answer !== undefined && { answer: { contract: answer.contract, data: answer.data } }),
    ...(by !== undefined && { by }),
  } as Input;
}
