import { expect, it } from 'vitest';
import { probe } from './probe.ts';
import { reportOf } from './report.ts';
import { notTried, type Rule } from './rule.ts';
import type { Stage } from './stage/stage.ts';

/** Of a step that runs elsewhere. */
const stage = { parts: { running: undefined } } as Stage;
const rules: readonly Rule[] = [
  { id: 'kept', tries: 'looks at it', check: async () => [] },
  {
    id: 'not-kept',
    tries: 'looks at it twice',
    check: async () => ['it is one', 'it is one', 'it is another\u001b[2J'],
  },
  { id: 'silent', tries: 'asks it', check: async () => notTried('it says nothing') },
  { id: 'ended', tries: 'ends it', needs: 'process', check: () => Promise.reject(new Error('not asked')) },
];

it('says of each rule whether it holds, what was found, or why it was not tried', async () => {
  const asked: string[] = [];
  const findings = await probe(stage, rules, ({ id }) => asked.push(id), new AbortController().signal);
  expect(asked).toEqual(['kept', 'not-kept', 'silent', 'ended']);
  expect(findings.map(({ verdict, found }) => [verdict, found.length])).toEqual([
    ['holds', 0],
    ['broken', 2],
    ['not tried', 1],
    ['not tried', 1],
  ]);
  expect(reportOf('maker__make', findings)).toEqual([
    'RULE      VERDICT    TRIED',
    'kept      holds      looks at it',
    'not-kept  broken     looks at it twice',
    'silent    not tried  asks it',
    'ended     not tried  ends it',
    '',
    'not tried: silent: it says nothing',
    'not tried: ended: the process is not one that the command started',
    'broken: not-kept: it is one',
    'broken: not-kept: it is another [2J',
    'maker__make: 1 hold, 1 broken, 2 not tried.',
  ]);
});

it('tries nothing more when a person ends it', async () => {
  const stop = new AbortController();
  const findings = await probe(stage, rules, () => stop.abort(), stop.signal);
  expect(findings.map(({ verdict }) => verdict)).toEqual(['holds', 'not tried', 'not tried', 'not tried']);
});
