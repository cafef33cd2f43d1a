import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/**
 * Reads the first entry of a zip file whose name `matches`, so that no `unzip` is needed.
 * Covers what wheels use: stored and deflated entries, no encryption, no zip64. Throws on anything else.
 */
export function readZipEntry(zip: Buffer, matches: (name: string) => boolean): Buffer {
  let at = directoryStart(zip);
  while (at + 46 <= zip.length && zip.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (matches(name)) return entryContent(zip, at);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error('the archive has no such entry');
}

function directoryStart(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return zip.readUInt32LE(at + 16);
  }
  throw new Error('it is not a zip archive');
}

function entryContent(zip: Buffer, entry: number): Buffer {
  const method = zip.readUInt16LE(entry + 10);
  const compressedSize = zip.readUInt32LE(entry + 20);
  const size = zip.readUInt32LE(entry + 24);
  const local = zip.readUInt32LE(entry + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const stored = zip.subarray(start, start + compressedSize);
  if (method === 0) return stored;
  if (method === 8) return inflateRawSync(stored, { maxOutputLength: size });
  throw new Error(`the archive uses compression method ${method}, which is not supported`);
}
