import type { FlowReport } from '@troupe/ledger';
import { expect, it } from 'vitest';
import { reportLines } from './report.ts';

const REPORT: FlowReport = {
  flowId: 'f-1/carrier/1',
  parentFlowId: 'f-1',
  state: 'failed',
  startedAt: '2026-01-31T12:00:00.000Z',
  endedAt: undefined,
  durationMs: undefined,
  ends: [],
  steps: [
    {
      step: 'carrier__collect',
      messages: 2,
      done: 1,
      waiting: 0,
      retries: 3,
      deadLetters: 1,
      timeMs: { median: 3, max: 1_500 },
    },
    {
      step: 'carrier__sort',
      messages: 1,
      done: 1,
      waiting: 0,
      retries: 0,
      deadLetters: 0,
      timeMs: undefined,
    },
  ],
  branches: { total: 2, open: 1 },
  retries: 3,
  deadLetters: [{ step: 'carrier__collect', reason: 'poison', messageId: 'm-1', at: undefined }],
  asOf: { behindMs: 12, at: '2026-01-31T12:00:02.000Z' },
  lacks: ['the ledger is 4.2 s behind'],
};

it('shows who handed off, what each step did, what was set aside and what is not known', () => {
  expect(reportLines(REPORT)).toEqual([
    'flow f-1/carrier/1, failed, handed off by f-1',
    'began 2026-01-31 12:00:00, branches 2, open 1',
    '',
    'STEP             MESSAGES  DONE  WAITING  RETRIES  SET ASIDE  MEDIAN  MAX',
    'carrier/collect  2         1     0        3        1          3 ms    1.5 s',
    'carrier/sort     1         1     0        0        0          ?       ?',
    '',
    'set aside:',
    '  m-1 by carrier/collect: poison',
    '',
    'not known:',
    '  the ledger is 4.2 s behind',
  ]);
});
