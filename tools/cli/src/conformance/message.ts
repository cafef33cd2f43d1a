import { randomBytes, randomUUID } from 'node:crypto';
import { type CompiledContract, encodeBinary } from '@troupe/contract';
import type { Fields } from './samples.ts';

/** Who the messages say that they are from. */
export const SOURCE = '/conformance';

/** A message of the probe, and what a step must carry on of it. */
export interface Message {
  readonly contract: CompiledContract;
  readonly id: string;
  readonly flowId: string;
  readonly parentFlowId: string | undefined;
  readonly traceparent: string;
  readonly tracestate: string;
  readonly data: Fields;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly payload: Uint8Array;
}

/** What of a message is not as it is by itself. */
export interface Particulars {
  readonly id?: string;
  readonly flowId?: string;
  /** Default: one; undefined leaves it out. */
  readonly parentFlowId?: string | undefined;
  readonly type?: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/** A valid message with all that a message can have, in binary mode. */
export function messageOf(contract: CompiledContract, data: Fields, particulars: Particulars = {}): Message {
  const unique = randomUUID();
  const { id = unique, flowId = `flow-${unique}`, type = contract.id, extensions = {} } = particulars;
  const parentFlowId = 'parentFlowId' in particulars ? particulars.parentFlowId : `parent-${unique}`;
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  const tracestate = 'conformance=1';
  const event = {
    id,
    source: SOURCE,
    type,
    time: new Date().toISOString(),
    dataschema: contract.dataschema,
    correlationid: flowId,
    ...(parentFlowId !== undefined && { parentflowid: parentFlowId }),
    traceparent,
    tracestate,
    extensions: { appversion: '1.0.0', ...extensions },
  };
  const { headers, payload } = encodeBinary(event, data);
  return { contract, id, flowId, parentFlowId, traceparent, tracestate, data, headers, payload };
}

/** What the lane of a message is computed from. */
export function partitionKeyOf(contract: CompiledContract, data: unknown, flowId: string): string {
  const { partitionKey } = contract;
  const value = partitionKey === undefined ? undefined : (data as Fields)[partitionKey];
  return value === undefined || value === null || value === '' ? flowId : String(value);
}
