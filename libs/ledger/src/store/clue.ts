import { crc32 } from 'node:zlib';

/**
 * Flows that share a part of `clue`. What is written of flows of one time falls on the pages of one part, and whoever
 * asks looks into each part. With it, a place in a part takes two bytes.
 */
const PART = 32_768;

/** The part of a flow, by the ledger's number of it. */
export function partOf(flow: number): number {
  return Math.floor(flow / PART);
}

/** First flow of a part. */
export function firstOf(part: number): number {
  return part * PART;
}

/**
 * What a message id or a business key is in `clue`: 32 bits of it. It leads to flows that may have it; whoever follows
 * it compares the text.
 */
export function clueOf(text: string): number {
  return crc32(text) | 0; // with a sign it takes four bytes, else six
}

/** The row of `clue` that leads from a text to a flow. */
export function clueTo(flow: number, text: string): number[] {
  const part = partOf(flow);
  return [part, clueOf(text), flow - firstOf(part)];
}

/** `candidate(flow)`: the flows that `$1`, a clue, may lead to; a look-up for each part, and a look at what gathered. */
export const CANDIDATES = `WITH RECURSIVE
  part(n) AS (
    SELECT MIN(n) / ${PART} FROM flow UNION ALL
    SELECT n + 1 FROM part WHERE n < (SELECT MAX(n) / ${PART} FROM flow)
  ),
  candidate(flow) AS (
    SELECT part.n * ${PART} + clue.place FROM part CROSS JOIN clue WHERE clue.part = part.n AND clue.clue = $1
    UNION SELECT part * ${PART} + place FROM new_clue WHERE clue = $1
  )`;
