import { encodeStructured } from '@troupe/contract';
import type { Message } from '../../message.ts';
import { differs, type Outcome, type Rule } from '../../rule.ts';
import type { Transport } from '../../stage/sending.ts';
import type { Result, Stage, Trial } from '../../stage/stage.ts';
import { eventOf } from '../../stage/stored.ts';
import { notAsUsual } from '../taken.ts';

export const structured: Rule = {
  id: 'structured',
  tries: 'sends a message in structured mode',
  check: (stage) => carriesOn(stage, {}, (message) => structuredOf(message)),
};

export const structuredBare: Rule = {
  id: 'structured-bare',
  tries: 'sends a message in structured mode without any header',
  check: (stage) => carriesOn(stage, {}, (message) => ({ ...structuredOf(message), headers: [] })),
};

export const contentType: Rule = {
  id: 'content-type',
  tries: 'sends an unprefixed content-type in place of ce-datacontenttype',
  check: (stage) =>
    carriesOn(stage, {}, ({ headers }) => ({
      headers: [
        ...headers.filter(([name]) => name !== 'ce-datacontenttype'),
        ['content-type', 'application/json; charset=utf-8'],
      ],
    })),
};

export const rawValues: Rule = {
  id: 'raw-values',
  tries: 'sends attributes that are not percent-encoded',
  check: (stage) =>
    carriesOn(stage, { flowId: `100% conformance ${Date.now()}` }, (message) => ({
      headers: message.headers.map(([name, value]) => [
        name,
        name === 'ce-correlationid' ? message.flowId : value,
      ]),
    })),
};

export const headerCase: Rule = {
  id: 'header-case',
  tries: 'sends header names in capitals',
  check: (stage) =>
    carriesOn(stage, {}, ({ headers }) => ({
      headers: headers.map(([name, value], i) => [
        i % 2 === 0 ? name.toUpperCase() : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
        value,
      ]),
    })),
};

export const bareAttributes: Rule = {
  id: 'bare-attributes',
  tries: 'sends specversion, id, source and type alone',
  async check(stage) {
    const message = stage.message();
    const needed = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];
    const headers = message.headers.filter(([name]) => needed.includes(name));
    const result = await stage.result(await stage.send(message, { headers }));
    return [...(await notAsUsual(stage, result)), ...flowOf(result, message.id)];
  },
};

export const unknownFields: Rule = {
  id: 'unknown-fields',
  tries: 'sends fields that the contract does not know',
  async check(stage) {
    const data = {
      ...stage.parts.samples.of(stage.contract),
      conformanceAdded: { deep: [1, 'two', null], 'zürich 👍': true },
    };
    const result = await stage.try({ data });
    const broken = result.outputs.flatMap((output) => {
      const event = eventOf(output);
      const contract = stage.subject.emits.find(({ id }) => id === event?.type);
      return (contract?.violationsOfProduced(event?.data) ?? []).map(
        ({ path, message }) => `${contract?.id} breaks its contract: ${path || '/'}: ${message}`,
      );
    });
    return [...(await notAsUsual(stage, result)), ...broken];
  },
};

export const unknownAttributes: Rule = {
  id: 'unknown-attributes',
  tries: 'sends attributes and headers that the platform does not know',
  check: (stage) =>
    carriesOn(stage, { extensions: { conformance1: 'yes', sequence: '7' } }, ({ headers }) => ({
      headers: [
        ...headers,
        ['x-conformance', 'a'],
        ['x-conformance', 'b'],
        ['x-attempt', '99'],
        ['baggage', 'k=v'],
      ],
    })),
};

/** Sends a message in another way; what comes of it must be as if it had been sent in the usual one. */
async function carriesOn(
  stage: Stage,
  trial: Trial,
  change: (message: Message) => Transport,
): Promise<Outcome> {
  const message = stage.message(trial);
  const result = await stage.result(await stage.send(message, change(message)));
  return [...(await notAsUsual(stage, result)), ...flowOf(result, message.flowId)];
}

function flowOf({ outputs }: Result, flowId: string): string[] {
  return outputs.flatMap((output) => differs('ce-correlationid', eventOf(output)?.correlationid, flowId));
}

function structuredOf({ contract, id, flowId, parentFlowId, traceparent, tracestate, data }: Message) {
  const event = {
    id,
    source: '/conformance',
    type: contract.id,
    time: new Date().toISOString(),
    correlationid: flowId,
    ...(parentFlowId !== undefined && { parentflowid: parentFlowId }),
    traceparent,
    tracestate,
    extensions: {},
  };
  return encodeStructured(event, data);
}
