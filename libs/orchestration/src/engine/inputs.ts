import { contractOf } from '@troupe/contract';
import type { StepContext } from '@troupe/jetstream';
import { childFlowOf } from '../child-flow.ts';
import type { Definition } from '../definition/definition.ts';
import { OrchestrationLetter, OrchestrationRequest, OrchestrationWake } from '../direct.ts';
import type { Input } from '../kernel/input.ts';

/** An input, and the instance that it is for. */
export interface Addressed {
  readonly instanceId: string;
  readonly input: Input;
}

/**
 * A message of the orchestration's step, as the kernel takes it. Undefined when it is nobody's: an event that may end a
 * hand-off, of a flow that none of this orchestration can have opened.
 */
export function inputOf(definition: Definition, data: object, context: StepContext): Addressed | undefined {
  const { id: inputId, flowId, causationId } = context;
  const own = (input: Input): Addressed => ({ instanceId: flowId, input });
  if (data instanceof OrchestrationWake) return own({ kind: 'wake', inputId, at: data.at });
  if (data instanceof OrchestrationLetter) {
    const { commandId, reason, error } = data;
    return own({ kind: 'dead-letter', inputId, commandId, reason, message: error });
  }
  if (data instanceof OrchestrationRequest) return own(requestOf(data, inputId));
  const contract = contractOf(data.constructor as new () => object).id;
  if (definition.ends.has(contract)) {
    const child = childFlowOf(flowId);
    if (child === undefined || !definition.handOffs.has(child.name)) return undefined;
    return { instanceId: child.parent, input: { kind: 'completion', inputId, contract, data, flowId } };
  }
  if (contract === definition.starts.id) return own(startOf(data, context));
  return own({ kind: 'event', inputId, contract, data, ...(causationId !== undefined && { causationId }) });
}

function startOf(data: object, { id, flowId, parentFlowId, traceparent }: StepContext): Input {
  return {
    kind: 'start',
    inputId: id,
    instanceId: flowId,
    data,
    ...(parentFlowId !== undefined && { parentFlowId }),
    ...(traceparent !== undefined && { traceparent }),
  };
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
