import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zipOf } from './fixtures.spec.support.ts';
import { readZipEntry } from './zip-entry.ts';

describe('a zip entry', () => {
  it('is read when it is stored', () => {
    const zip = zipOf('a/b.txt', Buffer.from('hello'));
    expect(readZipEntry(zip, (name) => name === 'a/b.txt').toString()).toBe('hello');
  });

  it('is read when it is deflated', () => {
    const text = Buffer.from('hello '.repeat(1000));
    const deflated = deflateRawSync(text);
    const zip = zipOf('x', deflated);
    const directory = zip.readUInt32LE(zip.length - 6);
    zip.writeUInt16LE(8, directory + 10);
    zip.writeUInt32LE(text.length, directory + 24);
    expect(readZipEntry(zip, () => true)).toEqual(text);
  });

  it('that is absent is refused', () => {
    expect(() => readZipEntry(zipOf('x', Buffer.from('y')), () => false)).toThrow('no such entry');
  });

  it('of something that is no archive is refused', () => {
    expect(() => readZipEntry(Buffer.from('<html>not found</html>'), () => true)).toThrow(
      'not a zip archive',
    );
  });
});
