import { setTimeout as delay } from 'node:timers/promises';
import { type Addresses, type SampleFlow, urlOf } from './summary.ts';

const TIME = 5_000;
const POLL_INTERVAL = 100;

/** What is read of the console's answer. */
interface Whereabouts {
  readonly sentence: string;
  readonly flows: readonly { readonly state: string }[];
}

/**
 * What the console says of the order of each flow, by its id, within 5 s: it follows the broker a moment behind, so that it is
 * asked again until nothing is left to do. An order of which it says nothing is left out; never rejects.
 */
export async function sentencesOf(
  apps: Addresses['apps'],
  flows: readonly SampleFlow[],
  stop: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const url = urlOf(apps, 'console');
  const sentences = new Map<string, string>();
  if (url === undefined) return sentences;
  const over = AbortSignal.any([stop, AbortSignal.timeout(TIME)]);
  const follow = async ({ orderId }: SampleFlow): Promise<void> => {
    while (!over.aborted) {
      const whereabouts = await ask(`${url}/where/${orderId}`, over);
      if (whereabouts !== undefined) sentences.set(orderId, whereabouts.sentence);
      if (whereabouts?.flows.every(({ state }) => state === 'completed' || state === 'failed')) return;
      await delay(POLL_INTERVAL, undefined, { signal: over }).catch(() => {});
    }
  };
  await Promise.all(flows.map(follow));
  return sentences;
}

/** Undefined when it knows nothing yet, or does not answer. */
async function ask(url: string, signal: AbortSignal): Promise<Whereabouts | undefined> {
  try {
    const response = await fetch(url, { signal });
    const body: unknown = await response.json();
    return response.ok && isWhereabouts(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isWhereabouts(body: unknown): body is Whereabouts {
  const { sentence, flows } = (body ?? {}) as Partial<Whereabouts>;
  return typeof sentence === 'string' && Array.isArray(flows);
}
