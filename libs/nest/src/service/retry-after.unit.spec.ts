import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');

it.each([
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['Wed, 21 Oct 2026 07:28:02 GMT', 2_000],
  ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
])('reads %j', (header, waitMs) => {
  expect(retryAfterMs(header, now)).toBe(waitMs);
});

it.each(['3601', '99999999999999999999999', 'Fri, 01 Jan 2100 00:00:00 GMT'])(
  'waits no longer than an hour for %s',
  (header) => {
    expect(retryAfterMs(header, now)).toBe(3_600_000);
  },
);

it.each([null, '', 'soon', '-1', '1.5', 'Wed, 99 Nix 2026 07:28:02 GMT'])(
  'knows nothing from %j',
  (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  },
);
