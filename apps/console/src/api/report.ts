import { FLOW_STATES } from '@troupe/ledger';
import { listOf, moment, number, object, text, texts, whole } from './parts.ts';

/** How a flow went, added up. */
export const report = object({
  flowId: text,
  'parentFlowId?': { ...text, description: 'The flow that handed off to it.' },
  state: { enum: [...FLOW_STATES] },
  startedAt: moment,
  'endedAt?': { ...moment, description: 'When its last message was stored, once it is completed.' },
  'durationMs?': number,
  ends: {
    ...listOf(
      object({
        contract: text,
        messageId: text,
        source: text,
        at: moment,
        'data?': { description: 'What it says, as it was sent; with `data=true`, of the first 10.' },
      }),
    ),
    description: 'The declared ends and those asked for that were reached; 100 at most.',
  },
  steps: listOf(
    object({
      step: { ...text, description: '`<app>__<step>`' },
      messages: whole,
      done: whole,
      waiting: { ...whole, description: 'Neither done nor set aside.' },
      retries: whole,
      deadLetters: whole,
      'timeMs?': {
        ...object({ median: number, max: number }),
        description: 'From being stored to being acknowledged, or to what came of it being stored.',
      },
    }),
  ),
  branches: {
    ...object({ total: whole, open: whole }),
    description: 'Messages that nothing came of, and others that a step has not settled. These are open.',
  },
  retries: whole,
  deadLetters: {
    ...listOf(object({ step: text, reason: text, messageId: text, 'at?': moment })),
    description: 'What is set aside now; 20 at most.',
  },
  asOf: object({
    behindMs: number,
    at: { ...moment, description: 'Everything stored before then is known.' },
  }),
  lacks: { ...texts, description: 'What is not known, a sentence each; 20 at most.' },
});
