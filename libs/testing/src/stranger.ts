import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { type ContractClass, contractOf, encodeBinary, type MessageOf } from '@troupe/contract';
import { DEFAULT_LANES, laneOf, type Runtime } from '@troupe/jetstream';

/** What a stranger's message says besides its data. */
export interface StrangerOptions {
  /** Default: a random one. */
  readonly id?: string;
  /** Default: a random one. */
  readonly flowId?: string;
  /** Default `/test`. */
  readonly source?: string;
}

/** Publishes a message by nothing but the wire format. The data is not checked: strangers may be wrong. */
export async function publishAsStranger<C extends ContractClass>(
  runtime: Runtime,
  cls: C,
  data: MessageOf<C>,
  options: StrangerOptions = {},
): Promise<void> {
  const contract = contractOf(cls);
  const { id = randomUUID(), flowId = randomUUID(), source = '/test' } = options;
  const encoded = encodeBinary(
    {
      id,
      source,
      type: contract.id,
      time: new Date().toISOString(),
      dataschema: contract.dataschema,
      correlationid: flowId,
      partitionkey: flowId,
      extensions: {},
    },
    data,
  );
  const block = headers();
  for (const [name, value] of encoded.headers) block.append(name, value);
  const subject = `${runtime.names.contractSubject(contract)}.${laneOf(flowId, DEFAULT_LANES)}`;
  await jetstream(runtime.connection.client).publish(subject, encoded.payload, { headers: block });
}
