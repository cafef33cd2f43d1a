import { ALERT_KINDS, FLOW_STATES } from '@troupe/ledger';
import { flag, listOf, moment, number, object, text, texts, time, whole } from './parts.ts';
import { report } from './report.ts';

/** Named schemas of the OpenAPI document. */
export type SchemaName =
  | 'Whereabouts'
  | 'FlowsPage'
  | 'FlowAnswer'
  | 'Flow'
  | 'FlowSummary'
  | 'FlowReport'
  | 'HandOff'
  | 'MessageNode'
  | 'StepNode'
  | 'Settlement'
  | 'Message'
  | 'StepsPage'
  | 'StepView'
  | 'QueueView'
  | 'Alerts'
  | 'Alert'
  | 'StoredMessage'
  | 'TailEntry'
  | 'Problem';

/** Refers to a named schema. */
export function schemaRef(name: SchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** How far behind an answer is; part of each. */
const freshness = {
  asOf: time('Everything stored before then is known; 0 while the ledger has not caught up yet'),
  behindMs: {
    type: ['number', 'null'],
    description: 'How far behind that is; null while it has not caught up.',
  },
  'problem?': { ...text, description: 'Why the answer is older than it should be.' },
};

/** A flow without its messages: what lists have of it. */
const summary = {
  id: text,
  state: { enum: [...FLOW_STATES] },
  sentence: text,
  reasons: { ...texts, description: 'Why it is stalled or failed.' },
  type: { ...text, description: 'Contract id of the message that opened it.' },
  startedAt: time('When its first message was stored'),
  lastAt: time('When its last message was stored'),
  'parent?': { ...text, description: 'The flow that handed off to it.' },
  traces: {
    ...texts,
    description: 'Ids of the traces that its messages were sent in, oldest first; 20 at most.',
  },
  links: object({
    traces: {
      ...texts,
      description: 'Where these are to be seen; none unless `TROUPE_TRACE_URL` says where.',
    },
  }),
  'end?': { ...text, description: 'The declared end that it reached.' },
  clockSkewMs: number,
  truncated: { ...flag, description: 'It has more messages than are shown.' },
};

/** All named schemas. */
export const schemas: Readonly<Record<SchemaName, object>> = {
  Whereabouts: object({
    key: text,
    sentence: { ...text, description: 'Where it is, for people.' },
    matches: listOf(object({ flow: text, kinds: texts })),
    flows: listOf(schemaRef('Flow')),
    ...freshness,
  }),
  FlowsPage: object({
    flows: listOf(schemaRef('FlowSummary')),
    'cursor?': { ...text, description: 'Asks for what comes behind; missing when nothing does.' },
    'knownSince?': { ...moment, description: 'Older flows are purged.' },
    ...freshness,
  }),
  FlowAnswer: object({ flow: schemaRef('Flow'), ...freshness }),
  Flow: object({
    ...summary,
    roots: listOf(schemaRef('MessageNode')),
    handOffs: {
      ...listOf(schemaRef('HandOff')),
      description: 'Flows that it handed off to, oldest first; of more than 20 the youngest.',
    },
  }),
  HandOff: object({
    flow: { ...text, description: 'Id of the flow that was handed off to.' },
    name: { ...text, description: 'What the hand-off is called.' },
    'app?': text,
    state: { enum: [...FLOW_STATES] },
    sentence: { ...text, description: 'Where it is, for people.' },
    startedAt: time('When its first message was stored'),
  }),
  FlowReport: report,
  FlowSummary: object(summary),
  MessageNode: object({
    message: schemaRef('Message'),
    steps: listOf(schemaRef('StepNode')),
    next: listOf(schemaRef('MessageNode')),
  }),
  StepNode: object({
    step: { ...text, description: '`<app>__<step>`' },
    app: text,
    settlement: schemaRef('Settlement'),
    retries: { ...whole, description: 'Failed attempts that are known of.' },
    'overdue?': object({ byMs: number, expected: texts }),
    emitted: listOf(schemaRef('MessageNode')),
  }),
  Settlement: {
    type: 'object',
    description: 'Where one message stands with one step.',
    oneOf: [
      object({ state: { const: 'waiting' }, 'position?': whole, 'expectedMs?': number, noConsumer: flag }),
      object({ state: { const: 'in-flight' }, 'since?': time('Not later than this') }),
      object({
        state: { const: 'retrying' },
        'attempt?': whole,
        'nextAt?': time('The next one'),
        'error?': text,
      }),
      object({ state: { const: 'done' }, 'at?': time('When it was heard') }),
      object({
        state: { const: 'dead-lettered' },
        reason: text,
        'letter?': whole,
        'at?': time('When it was set aside'),
        'error?': text,
      }),
      object({
        state: { const: 'redriven' },
        letter: whole,
        at: time('When it was sent again'),
        'as?': text,
      }),
      object({ state: { const: 'unknown' }, why: text }),
    ],
  },
  Message: object({
    id: text,
    source: text,
    type: text,
    flow: text,
    'cause?': text,
    stream: text,
    seq: whole,
    at: time('When the stream stored it'),
    'saidAt?': time('What its sender says'),
    size: whole,
    'trace?': { ...text, description: 'Id of the trace that it was sent in.' },
    'app?': text,
    'emittedBy?': text,
    'direct?': { const: true, description: 'It was sent to one step alone' },
  }),
  StepsPage: object({ steps: listOf(schemaRef('StepView')), ...freshness }),
  StepView: object({
    step: text,
    app: text,
    emits: texts,
    'within?': text,
    queues: listOf(schemaRef('QueueView')),
    'instances?': whole,
  }),
  QueueView: object({
    subject: text,
    hasConsumer: flag,
    waiting: whole,
    inFlight: whole,
    perSecond: number,
    'criticalMs?': object({ p50: number, p99: number }),
    retries: whole,
    'lastSeenAt?': time('When an answer was heard last'),
  }),
  Alerts: object({
    alerts: listOf(schemaRef('Alert')),
    lookedAt: time('When the watchdog looked last; 0 before it did'),
    ...freshness,
  }),
  Alert: object({
    id: { ...text, description: 'The same for the same trouble.' },
    kind: { enum: [...ALERT_KINDS] },
    sentence: text,
    'app?': text,
    'step?': text,
    missing: { ...texts, description: 'Contract ids of which one should have come.' },
    count: number,
    'sources?': { ...texts, description: 'Who sent the messages that break their contract; three at most.' },
    'flow?': { ...text, description: 'The flow that stands there longest.' },
    'quietSince?': time('Nothing was heard since then'),
    since: time('When this watchdog saw it first'),
  }),
  StoredMessage: object({
    stream: text,
    seq: whole,
    subject: text,
    storedAt: moment,
    headers: { type: 'array', items: { type: 'array', prefixItems: [text, texts] } },
    'trace?': { ...text, description: 'Id of the trace that it was sent in; of a copy, its original’s.' },
    links: object({ 'trace?': { ...text, description: 'Where that is to be seen.' } }),
    size: { ...whole, description: 'Bytes of the payload.' },
    body: {
      type: 'object',
      description: 'What the message says, with `***` for each sensitive value; or why it is not shown.',
      oneOf: [
        object({ kind: { const: 'json' }, value: {} }),
        object({ kind: { const: 'hidden' }, value: text }),
      ],
    },
  }),
  TailEntry: object({
    flow: schemaRef('FlowSummary'),
    missed: {
      ...whole,
      description: 'Changes that were left out before this one, because whoever reads is too slow.',
    },
    ...freshness,
  }),
  Problem: {
    ...object({ type: text, title: text, status: whole, 'detail?': text, 'instance?': text, 'code?': text }),
    description: 'Problem details (RFC 9457).',
  },
};
