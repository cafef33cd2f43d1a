/** Flows that share a part of `clue`: what is written of flows of one time falls on few pages. */
const PART = 8_192;

/** The part of a flow, by the ledger's number of it. */
export function partOf(flow: number): number {
  return Math.floor(flow / PART);
}

/** First flow of a part. */
export function firstOf(part: number): number {
  return part * PART;
}

/**
 * What a message id or a business key is in `clue`: 53 bits of it. It leads to flows that may have it; whoever follows
 * it compares the text.
 */
export function clueOf(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b & 0x1fffff) * 2 ** 32 + (a >>> 0);
}

/** `candidate(flow)`: the flows that `$1`, a clue, may lead to; one look-up for each part that there is. */
export const CANDIDATES = `WITH RECURSIVE
  part(n) AS (
    SELECT MIN(n) / ${PART} FROM flow UNION ALL
    SELECT n + 1 FROM part WHERE n < (SELECT MAX(n) / ${PART} FROM flow)
  ),
  candidate(flow) AS (SELECT clue.flow FROM part CROSS JOIN clue WHERE clue.part = part.n AND clue.clue = $1)`;
