import { COMMAND_STATUSES, INSTANCE_STATUSES } from '../record.ts';
import { CompletionReport } from '../report.ts';
import { bodySchemas, COMPONENTS, classSchemas } from './body-schemas.ts';
import type { Face } from './face.ts';

/** Named schemas that all faces share. */
export type SchemaName =
  | 'MasterStatus'
  | 'CommandStep'
  | 'FanOutStep'
  | 'HandOffStep'
  | 'CompletionReport'
  | 'BranchStatus'
  | 'Result'
  | 'Instances'
  | 'InstanceSummary'
  | 'Branches'
  | 'Retry'
  | 'Skip'
  | 'Compensate'
  | 'OrchestrationProblem'
  | 'Problem';

/** Refers to a named schema. */
export function schemaRef(name: SchemaName): { $ref: string } {
  return { $ref: `${COMPONENTS}${name}` };
}

/** All named schemas of these faces; bodies are described by what they are checked against. */
export function schemasOf(faces: readonly Face[]): Record<string, object> {
  return Object.assign({}, ...faces.map(bodySchemas), classSchemas(CompletionReport), shared) as Record<
    string,
    object
  >;
}

const text = { type: 'string' };
const whole = { type: 'integer' };
const time = { ...text, format: 'date-time' };
const listOf = (items: object) => ({ type: 'array', items });
const contract = { ...text, description: 'Contract id: item.pick.v1.' };

/** An object with these fields; those that end with `?` may be missing. */
function object(fields: Record<string, object>, description?: string): object {
  const names = Object.keys(fields);
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    required: names.filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), fields[name] ?? {}])),
  };
}

const problem = schemaRef('OrchestrationProblem');
const by = { ...text, minLength: 1, maxLength: 256, description: 'Who asks, for the record.' };
const command = { ...text, minLength: 1, maxLength: 256, description: 'Name of the failed command.' };

const summary = {
  id: text,
  orchestration: text,
  version: { ...whole, description: 'Of the machine.' },
  status: { enum: [...INSTANCE_STATUSES] },
  state: {
    description:
      'Where the machine is: a name, or an object of them for nested states; null before it began.',
  },
  startedAt: time,
  updatedAt: time,
  'endedAt?': time,
};

const work = {
  contract,
  dispatchedAt: time,
  'result?': schemaRef('Result'),
  'problem?': problem,
};

const resent = {
  'dueAt?': { ...time, description: 'When what is open is sent again or given up.' },
  resubmitted: { ...whole, description: 'How often it was sent again.' },
};

const shared: Readonly<Record<Exclude<SchemaName, 'CompletionReport'>, object>> = {
  MasterStatus: object({
    ...summary,
    progress: object({ done: whole, total: whole }),
    steps: listOf({ oneOf: [schemaRef('CommandStep'), schemaRef('FanOutStep'), schemaRef('HandOffStep')] }),
    timers: listOf(object({ event: text, at: time })),
    errors: listOf(problem),
    'compensation?': object({
      reason: { enum: ['requested', 'cancelled', 'declared'] },
      'by?': text,
      startedAt: time,
      undone: listOf(
        object({ name: text, 'key?': text, status: { enum: ['answered', 'failed'] }, commandId: text }),
      ),
      done: whole,
      failed: whole,
    }),
    'result?': schemaRef('Result'),
    'traceId?': text,
    links: object({ self: text, diagram: text, 'flow?': text, 'trace?': text }),
  }),
  CommandStep: object({
    kind: { const: 'command' },
    name: text,
    status: { enum: [...COMMAND_STATUSES] },
    ...work,
    ...resent,
    'answeredAt?': time,
  }),
  FanOutStep: object({
    kind: { const: 'fan-out' },
    name: text,
    contract,
    join: {
      oneOf: [{ enum: ['all', 'any'] }, object({ quorum: whole })],
      description: 'When it joins.',
    },
    status: { enum: ['open', 'joined', 'dropped'] },
    total: whole,
    answered: whole,
    failed: whole,
    dispatchedAt: time,
    ...resent,
    'joinedAt?': time,
    'branches?': {
      ...listOf(schemaRef('BranchStatus')),
      description: 'Missing when there are over 100; they are at `href`.',
    },
    href: { ...text, description: 'Path of the branches.' },
  }),
  HandOffStep: object({
    kind: { const: 'hand-off' },
    name: text,
    flowId: { ...text, description: 'The flow that was opened.' },
    status: { enum: [...COMMAND_STATUSES] },
    ...work,
    'dueAt?': { ...time, description: 'When it is polled, or given up.' },
    polls: { ...whole, description: 'How often it was polled since its deadline.' },
    'answeredAt?': time,
    'report?': schemaRef('CompletionReport'),
    'flow?': { ...text, description: 'The flow in the console.' },
  }),
  BranchStatus: object({
    key: text,
    index: whole,
    status: { enum: ['open', 'answered', 'failed'] },
    ...work,
    'endedAt?': time,
  }),
  Result: object(
    { contract, 'data?': {} },
    'What came back, with `***` for each sensitive value; without data when that was too large to keep.',
  ),
  Instances: object({
    instances: listOf(schemaRef('InstanceSummary')),
    'cursor?': { ...text, description: 'Asks for the following page; missing on the last.' },
    'damaged?': { ...whole, description: 'Instances whose records cannot be read.' },
  }),
  InstanceSummary: object({ ...summary, links: object({ self: text }) }),
  Branches: object({
    branches: listOf(schemaRef('BranchStatus')),
    'after?': { ...whole, description: 'Asks for the following page; missing on the last.' },
  }),
  Retry: object({ 'command?': command, 'by?': by }),
  Skip: object({
    'command?': command,
    'answer?': object(
      { contract, data: { type: 'object' } },
      'What the command is taken to be answered with; left out when the machine itself failed.',
    ),
    'by?': by,
  }),
  Compensate: object({ 'by?': by }),
  OrchestrationProblem: object({ at: time, code: text, message: text, 'command?': text, 'key?': text }),
  Problem: object(
    {
      type: text,
      title: text,
      status: whole,
      'detail?': text,
      'instance?': text,
      'code?': { ...text, description: 'Stable code of the platform, where it has one.' },
      'errors?': listOf(
        object({
          pointer: { ...text, description: 'JSON Pointer (RFC 6901) into the body.' },
          rule: text,
          detail: text,
        }),
      ),
    },
    'Problem details (RFC 9457).',
  ),
};
