import { expect, it } from 'vitest';
import { SettingError } from '../errors.ts';
import { serviceUrl } from './service-url.ts';

it('is an address, or none when nothing is said', () => {
  expect(serviceUrl('BANK_URL', {})).toBeUndefined();
  expect(serviceUrl('BANK_URL', { BANK_URL: ' ' })).toBeUndefined();
  expect(serviceUrl('BANK_URL', { BANK_URL: ' http://127.0.0.1:4000/v1 ' })).toBe('http://127.0.0.1:4000/v1');
  expect(serviceUrl('BANK_URL', { BANK_URL: 'https://bank.example' })).toBe('https://bank.example');
});

it.each(['bank:4000', 'localhost', 'ftp://bank', '//bank', 'http://'])(
  'refuses %s in a sentence',
  (value) => {
    const read = () => serviceUrl('BANK_URL', { BANK_URL: value });
    expect(read).toThrow(SettingError);
    expect(read).toThrow(`BANK_URL is "${value}", but must be an http:// or https:// URL.`);
  },
);

it('refuses a password, and does not show it', () => {
  const read = () => serviceUrl('BANK_URL', { BANK_URL: 'http://me:secret@bank' });
  expect(read).toThrow(/^BANK_URL has a user or a password/);
  expect(read).not.toThrow(/secret/);
});
