import type { JsonSchema } from '@troupe/contract';
import { consumerName, Names } from '@troupe/jetstream';
import type { Workspace } from '../workspace/workspace.ts';
import { asyncApiSchemas, schemaPointer } from './asyncapi-schemas.ts';
import type { Documented, Party } from './documented.ts';
import { examplesOf } from './examples.ts';

const names = new Names();

/**
 * The messages of a workspace as one AsyncAPI 3.0 document: a channel and a message for each contract, an operation
 * for each that sends or consumes one. The payload is the accepted schema, which keeps fields that it does not name.
 * AsyncAPI's bindings of NATS know no JetStream: stream, subjects and consumers are in `x-jetstream`.
 */
export function asyncApi(
  { name, version }: Pick<Workspace, 'name' | 'version'>,
  contracts: readonly Documented[],
): JsonSchema {
  return {
    asyncapi: '3.0.0',
    info: { title: name, version, description: `Every message of ${name}, by its code.` },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(contracts.map(({ contract }) => [contract.id, channelOf(contract)])),
    operations: Object.fromEntries(contracts.flatMap(operationsOf)),
    components: {
      messages: Object.fromEntries(contracts.map(({ contract }) => [contract.id, messageOf(contract)])),
      schemas: Object.fromEntries(
        contracts.flatMap(({ contract }) => asyncApiSchemas(contract.id, contract.acceptedSchema)),
      ),
    },
  };
}

type Contract = Documented['contract'];

function channelOf(contract: Contract): JsonSchema {
  const subject = names.contractSubject(contract);
  return {
    address: `${subject}.{lane}`,
    messages: { [contract.id]: { $ref: `#/components/messages/${contract.id}` } },
    parameters: {
      lane: {
        description: 'CRC-32 of the partition key, or else of the flow id, modulo the lanes of the stream.',
      },
    },
    'x-jetstream': { stream: names.events, subjects: `${subject}.*` },
  };
}

function messageOf(contract: Contract): JsonSchema {
  const { id, kind, owner, description, partitionKey } = contract;
  const examples = examplesOf(contract);
  return {
    name: id,
    title: id,
    ...(description !== undefined && { summary: description }),
    contentType: 'application/json',
    headers: headersOf(contract),
    payload: { $ref: schemaPointer(id) },
    correlationId: { description: 'The flow.', location: '$message.header#/ce-correlationid' },
    tags: [{ name: kind }],
    ...(examples.length > 0 && { examples: examples.map((payload) => ({ payload })) }),
    'x-troupe': { kind, owner, ...(partitionKey !== undefined && { partitionKey }) },
  };
}

/** CloudEvents 1.0 over NATS, binary mode; docs/reference/wire.md has all of them. */
function headersOf({ id, dataschema }: Contract): JsonSchema {
  const text = (description: string): JsonSchema => ({ type: 'string', description });
  return {
    type: 'object',
    required: ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'],
    properties: {
      'ce-specversion': { const: '1.0' },
      'ce-type': { const: id },
      'ce-id': text('Unique together with the source.'),
      'ce-source': text('Who sends it: /<app>, or /<app>/<step>.'),
      'ce-time': text('RFC 3339.'),
      'ce-datacontenttype': { const: 'application/json' },
      'ce-dataschema': { const: dataschema },
      'ce-correlationid': text('The flow.'),
      'ce-causationid': text('Id of the message that caused it.'),
      'ce-partitionkey': text('What the lane is computed from, when that is not the flow.'),
      traceparent: text('W3C Trace Context.'),
    },
  };
}

function operationsOf({ contract, sentBy, consumedBy }: Documented): [string, JsonSchema][] {
  const operation = (action: 'send' | 'receive', party: Party, more: JsonSchema): [string, JsonSchema] => [
    `${party.step ?? party.app}.${action}.${contract.id}`,
    {
      action,
      channel: { $ref: `#/channels/${contract.id}` },
      messages: [{ $ref: `#/channels/${contract.id}/messages/${contract.id}` }],
      tags: [{ name: party.app }],
      ...more,
    },
  ];
  return [
    ...sentBy.map((party) => operation('send', party, {})),
    ...consumedBy.map((party) => {
      const step = (party.step ?? '').slice(party.app.length + 2);
      const consumer = consumerName(party.app, step, contract);
      const filter = `${names.contractSubject(contract)}.*`;
      return operation('receive', party, { 'x-jetstream': { stream: names.events, consumer, filter } });
    }),
  ];
}
