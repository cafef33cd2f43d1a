import { expect, it } from 'vitest';
import { isAtLeast, versionIn } from './version.ts';

it('takes the version out of what nats-server prints', () => {
  expect(versionIn('nats-server: v2.15.1')).toBe('2.15.1');
  expect(versionIn('nats-server: v2.12.0-RC.4')).toBe('2.12.0');
  expect(versionIn('nonsense')).toBeUndefined();
});

it('compares versions by number, not by letter', () => {
  expect(isAtLeast('2.12.0', '2.12.0')).toBe(true);
  expect(isAtLeast('2.9.25', '2.12.0')).toBe(false);
  expect(isAtLeast('2.100.0', '2.12.0')).toBe(true);
  expect(isAtLeast('3.0.0', '2.12.0')).toBe(true);
  expect(isAtLeast('1.99.99', '2.12.0')).toBe(false);
});
