import { hash } from 'node:crypto';

const FORMAT = 2;
const HEAD = `{"format":${FORMAT},"digest":"`;
const BETWEEN = '","record":';
const DIGEST = 43; // SHA-256 in base64url
const BEGIN = HEAD.length + DIGEST + BETWEEN.length;

/** A record as it stands in the bucket: JSON that carries a digest of itself, so that an edit by hand is seen. */
export function storedText(record: object): string {
  const text = JSON.stringify(record);
  return `${HEAD}${digestOf(text)}${BETWEEN}${text}}`;
}

/** The record, or what is wrong with the text. */
export function readStoredText(stored: string): { record: object } | { problem: string } {
  const digest = stored.slice(HEAD.length, HEAD.length + DIGEST);
  const text = stored.slice(BEGIN, -1);
  if (stored !== `${HEAD}${digest}${BETWEEN}${text}}`) return { problem: `is no record of format ${FORMAT}` };
  if (digest !== digestOf(text)) return { problem: 'does not match its digest: it was edited' };
  const record: unknown = JSON.parse(text);
  return typeof record === 'object' && record !== null ? { record } : { problem: 'is no record' };
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}
