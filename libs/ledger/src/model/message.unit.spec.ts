import { expect, it } from 'vitest';
import { traceOf } from './message.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

it.each([
  [`00-${TRACE}-b7ad6b7169203331-01`, TRACE],
  [`00-${TRACE}-b7ad6b7169203331-00`, TRACE],
  [`01-${TRACE}-b7ad6b7169203331-01-more`, TRACE],
  [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`, undefined],
  [`00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`, undefined],
  [`00-${TRACE}`, undefined],
  ['https://evil.example', undefined],
  ['', undefined],
  [undefined, undefined],
])('reads of the traceparent %s the trace %s', (traceparent, trace) => {
  expect(traceOf(traceparent)).toBe(trace);
});
