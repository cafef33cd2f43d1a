import { describe, expect, it } from 'vitest';
import { spanContextOf, traceHeaders } from './trace-context.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('W3C trace headers', () => {
  it.each([
    { traceparent },
    { traceparent: traceparent.replace(/01$/, '00') },
    { traceparent, tracestate: 'vendor=a,other=b' },
  ])('are written as they were read: %o', (headers) => {
    const context = spanContextOf(headers);
    expect(context && traceHeaders(context)).toEqual(headers);
  });

  it.each([
    undefined,
    '',
    'garbage',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ])('are none when they are %s', (broken) => {
    expect(spanContextOf({ traceparent: broken })).toBeUndefined();
  });
});
