import type { CloudEvent, CompiledContract } from '@troupe/contract';
import type { Durable } from '../topology/set-up.ts';

/** By this much the clocks of producers and broker may differ, in ms. */
const CLOCKS_DIFFER_MS = 60_000;

type Taken = Pick<CompiledContract, 'type' | 'id'> & Pick<Durable, 'madeAt'>;

/**
 * Which message of a fact a step handles, when the fact was sent as several majors that the step takes. The newest,
 * except for facts from before the newest's durable was made: it may not deliver those, and the step's earlier build
 * may have handled them already, so they stay with the older durable. All is decided by what the messages of a fact
 * share, so that exactly one of them is handled.
 */
export class Majors {
  /** Newest first. */
  readonly #taken: readonly Taken[];

  /** @param durables of the step, newer majors first */
  constructor(durables: readonly Durable[]) {
    this.#taken = durables.flatMap(({ contract, madeAt }) =>
      contract === undefined ? [] : [{ type: contract.type, id: contract.id, madeAt }],
    );
  }

  /** Whether the step handles the fact as another message than this one. */
  isHandledAsAnother({ type, time, extensions }: CloudEvent): boolean {
    const others = extensions.alsosentas;
    if (others === undefined) return false;
    const own = this.#taken.find(({ id }) => id === type);
    if (own === undefined) return false;
    const sentAs = new Set([type, ...others.split(',')]);
    const taken = this.#taken.filter((one) => one.type === own.type && sentAs.has(one.id));
    const at = Date.parse(time ?? '');
    const chosen = taken.find(({ madeAt }) => at >= madeAt + CLOCKS_DIFFER_MS) ?? taken.reduce(earlierMade);
    return chosen !== own;
  }
}

function earlierMade(one: Taken, other: Taken): Taken {
  return other.madeAt < one.madeAt ? other : one;
}
