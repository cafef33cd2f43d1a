import { setTimeout as delay } from 'node:timers/promises';
import { persist } from '../persist.ts';

const INTERVAL = 1_000;
/** The ledger hears of the last answers when it asks for the consumers, and so later than the broker. */
const PATIENCE = 60_000;
const PAGE = 500;

/**
 * The flows that the ledger does not call completed, as `<flow> <state>`. Asked for until they are the expected ones,
 * or for a minute: what it says then is its last word.
 */
export async function readUnfinished(
  console: string,
  isExpected: (unfinished: readonly string[]) => boolean,
): Promise<string[]> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const states = ['running', 'stalled', 'failed'].map((state) => flowsIn(console, state));
    const unfinished = (await Promise.all(states)).flat().toSorted();
    if (isExpected(unfinished) || Date.now() > deadline) return unfinished;
    await delay(INTERVAL);
  }
}

async function flowsIn(console: string, state: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({
      state,
      limit: String(PAGE),
      ...(cursor !== undefined && { cursor }),
    });
    const page = await persist(() => get(`${console}/flows?${query}`));
    found.push(...page.flows.map(({ id }) => `${id} ${state}`));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return found;
}

async function get(url: string): Promise<{ flows: { id: string }[]; cursor?: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${await response.text()}`);
  return (await response.json()) as { flows: { id: string }[]; cursor?: string };
}
