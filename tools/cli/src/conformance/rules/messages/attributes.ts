import type { StoredMsg } from '@nats-io/jetstream';
import { differs, notTried, type Outcome, type Rule } from '../../rule.ts';
import type { Result, Stage } from '../../stage/stage.ts';
import { eventOf } from '../../stage/stored.ts';
import { notAsUsual, nothingSent, ofOutputs } from '../taken.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ENCODED = /^[!#$&-~]*(%[0-9A-Fa-f]{2}[!#$&-~]*)*$/;

export const attributes: Rule = {
  id: 'attributes',
  tries: 'looks at the ce- headers of outputs',
  async check(stage) {
    const { app, step } = stage.subject;
    const version = (await stage.manifest())?.version;
    return ofOutputs(stage, ({ header }) => {
      const type = header.get('ce-type');
      const [, name, major] = /^(.+)\.v(\d+)$/.exec(type) ?? [];
      const written = (attribute: string, should: string | undefined): string[] =>
        differs(`ce-${attribute} of ${type}`, header.get(`ce-${attribute}`) || undefined, should);
      return [
        ...written('specversion', '1.0'),
        ...written('source', `/${app}/${step}`),
        ...written('datacontenttype', 'application/json'),
        ...written('dataschema', `urn:troupe:contract:${name}:v${major}`),
        ...written('appversion', version),
        ...(TIME.test(header.get('ce-time'))
          ? []
          : [`ce-time of ${type} is "${header.get('ce-time')}", which is not UTC with milliseconds`]),
      ];
    });
  },
};

export const flow: Rule = {
  id: 'flow',
  tries: 'compares flow, parent flow and cause of outputs',
  check: (stage) =>
    ofOutputs(stage, (output, { sent }) => {
      const event = eventOf(output);
      return [
        ...differs('ce-correlationid', event?.correlationid, sent.message.flowId),
        ...differs('ce-parentflowid', event?.parentflowid, sent.message.parentFlowId),
        ...differs('ce-causationid', event?.causationid, sent.message.id),
      ];
    }),
};

export const noParent: Rule = {
  id: 'no-parent',
  tries: 'sends a message that no flow handed off',
  async check(stage) {
    const result = await stage.try({ parentFlowId: undefined });
    if (result.outputs.length === 0) return silent(stage, result);
    return result.outputs.flatMap((output) =>
      differs('ce-parentflowid', eventOf(output)?.parentflowid, undefined),
    );
  },
};

export const encoding: Rule = {
  id: 'encoding',
  tries: 'sends attributes with spaces, quotes, percent signs and letters beyond ASCII',
  async check(stage) {
    const tricky = (what: string) => `${what} "zürich" 京都 50%25 👍 ${Date.now()}`;
    const result = await stage.try({ id: tricky('id'), flowId: tricky('flow') });
    if (result.outputs.length === 0) return silent(stage, result);
    return result.outputs.flatMap((output) => {
      const event = eventOf(output);
      const raw = ['ce-correlationid', 'ce-causationid'].map((name) => output.header.get(name));
      return [
        ...differs('ce-correlationid', event?.correlationid, result.sent.message.flowId),
        ...differs('ce-causationid', event?.causationid, result.sent.message.id),
        ...raw.filter((value) => !ENCODED.test(value)).map((value) => `${value} is not percent-encoded`),
      ];
    });
  },
};

export const trace: Rule = {
  id: 'trace',
  tries: 'sends a message with a trace, and looks for it on outputs',
  async check(stage) {
    const trials = await stage.trials();
    const outputs = trials.flatMap((result) => result.outputs.map((output) => ({ output, result })));
    if (outputs.length === 0) return notTried(nothingSent(stage));
    if (outputs.every(({ output }) => !output.header.has('traceparent')))
      return notTried('its outputs have no traceparent: it runs without tracing');
    if (outputs.every(({ output, result }) => passesOn(output, result)))
      return notTried('its outputs have the traceparent of their input: it makes no spans');
    return outputs.flatMap(({ output, result }) => {
      const { traceparent, tracestate } = result.sent.message;
      const [, traceId, spanId] = traceparent.split('-');
      const written = output.header.get('traceparent');
      const [version, ownTrace, ownSpan = ''] = written.split('-');
      if (version !== '00' || !/^[0-9a-f]{16}$/.test(ownSpan)) return [`traceparent is "${written}"`];
      return [
        ...differs('the trace of an output', ownTrace, traceId),
        ...(ownSpan === spanId ? ['the span of an output is that of its input'] : []),
        ...differs('tracestate', output.header.get('tracestate'), tracestate),
      ];
    });
  },
};

/** Who takes no part in a trace may pass it on as it came. */
function passesOn({ header }: StoredMsg, { sent }: Result): boolean {
  const { traceparent, tracestate } = sent.message;
  return header.get('traceparent') === traceparent && header.get('tracestate') === tracestate;
}

/** Why there is no output to look at: the message was not taken as usual, or the step sends none. */
async function silent(stage: Stage, result: Result): Promise<Outcome> {
  const faults = await notAsUsual(stage, result);
  return faults.length > 0 ? faults : notTried(nothingSent(stage));
}
