import { expect, it } from 'vitest';
import { traceLines } from './trace-lines.ts';

it('says where each trace of a flow is to be seen, else which they are', () => {
  const links = { traces: ['https://traces.example/a', 'https://traces.example/b'] };
  expect(traceLines({ traces: ['a', 'b'], links })).toEqual([
    'trace https://traces.example/a',
    'trace https://traces.example/b',
  ]);
  expect(traceLines({ traces: ['a'], links: { traces: [] } })).toEqual(['trace a']);
  expect(traceLines({ traces: [], links: { traces: [] } })).toEqual([]);
});
