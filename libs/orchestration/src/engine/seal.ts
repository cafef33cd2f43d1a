import type { OutgoingMessage } from '@troupe/jetstream';
import { OrchestrationWake } from '../direct.ts';
import { SnapshotVersionError } from '../errors.ts';
import type { InstanceRecord, WholeMessage } from '../record.ts';
import type { Ground } from './ground.ts';

/**
 * A message of an instance as it goes over the wire. Sent once more, the stream takes it although it knows its id, and
 * whoever handles it knows that it is the same.
 * @throws SnapshotVersionError when this build does not send its contract
 */
export function seal(
  { definition, outlet }: Pick<Ground, 'definition' | 'outlet'>,
  { orchestration, id, parentFlowId, version }: InstanceRecord,
  { sends = 1, ...message }: WholeMessage,
): OutgoingMessage {
  const contract = definition.sent.get(message.contract);
  if (contract === undefined)
    throw new SnapshotVersionError(
      orchestration,
      id,
      version,
      `it has ${message.contract} to send, which this build does not`,
    );
  const data = message.data as object;
  const at = contract === OrchestrationWake ? new Date((data as OrchestrationWake).at) : undefined;
  const flow = message.flow ?? { id, parent: parentFlowId };
  const sealed = outlet.seal({ ...message, contract, data, flow, at });
  return sends > 1 ? sentAgain(sealed, sends) : sealed;
}

function sentAgain({ messageId, headers, ...message }: OutgoingMessage, sends: number): OutgoingMessage {
  const head = Buffer.from(headers).toString();
  return {
    ...message,
    messageId: `${messageId}.${sends}`,
    headers: Buffer.from(head.replace(MESSAGE_ID, (line) => `${line}.${sends}`)),
  };
}

const MESSAGE_ID = /^Nats-Msg-Id: [^\r]*/m;
