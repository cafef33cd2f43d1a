import { setInterval } from 'node:timers';
import { sizeOf } from '../evidence/consumers.ts';
import { Load } from '../load.ts';
import { haltingObserver } from '../observer.ts';
import { BacklogWatch, settle } from '../settle.ts';
import { gather } from './evidence.ts';
import { fulfilmentAt } from './fulfilling.ts';
import { planOf } from './plan.ts';
import type { FulfilmentProfile } from './profile.ts';
import { type FulfilmentReport, fulfilmentReportOf } from './report.ts';
import { FulfilmentStage } from './stage.ts';
import { verdictOf } from './verdict.ts';

/** What a run is made from. */
export interface FulfilmentRun {
  readonly profile: FulfilmentProfile;
  readonly seed: number;
  readonly syncInterval: string;
  /** Keeps the stores and the logs. */
  readonly folder: string;
}

/** How long what is left may take after the last fulfilment was taken. */
const PATIENCE = 300_000;
const PROGRESS_INTERVAL = 10_000;

/**
 * Has orders fulfilled while the orchestrators are killed, lets them finish, and says what became of every fulfilment.
 * @throws TroupeError, BrokerError when it could not be carried through
 */
export async function fulfilmentChaos(
  { profile, seed, syncInterval, folder }: FulfilmentRun,
  stop: AbortSignal,
): Promise<FulfilmentReport> {
  const plan = planOf(profile, seed);
  const halt = new AbortController();
  const stage = await FulfilmentStage.set({ folder, syncInterval, observer: haltingObserver(halt), stop });
  const watch = new BacklogWatch(stage.brokers);
  const stopOrHalt = AbortSignal.any([stop, halt.signal]);
  const load = new Load(fulfilmentAt(stage.orchestrators, seed));
  const began = Date.now();
  const tell = (text: string) =>
    console.log(`${String(Math.round((Date.now() - began) / 1_000)).padStart(4)} s  ${text}`);
  const killing = new Killing(stage, plan.kills, profile.killEverySeconds);
  const progress = setInterval(() => {
    const backlog = watch.latest === undefined ? 'unknown' : String(sizeOf(watch.latest));
    tell(`${load.accepted.length} of ${plan.fulfilments.length} accepted, backlog ${backlog}`);
  }, PROGRESS_INTERVAL);
  try {
    await load.place(plan.fulfilments, began, stopOrHalt);
    const kills = killing.end();
    tell('everything is asked for, and nobody is killed any more: waiting until nothing is left to do');
    const left = await settle(watch, PATIENCE, stopOrHalt);
    if (halt.signal.aborted) throw halt.signal.reason;
    stop.throwIfAborted();
    const seconds = Math.round((Date.now() - began) / 1_000);
    tell('reading the broker, the databases, the ledger and every master status');
    const evidence = await gather(stage, load.accepted, left);
    return fulfilmentReportOf(verdictOf(evidence), {
      profile: profile.name,
      seed,
      syncInterval,
      seconds,
      kills,
      sentAgain: load.accepted.filter(({ tries }) => tries > 1).length,
      givenUp: load.givenUp,
      messages: evidence.messages.length,
      resubmitted: copiesIn(evidence.messages),
    });
  } finally {
    clearInterval(progress);
    killing.end();
    await watch.stop();
    await stage.strike();
  }
}

/** Kills orchestrators time by time until it is ended. */
class Killing {
  #killed = 0;
  #times = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(stage: FulfilmentStage, kills: readonly (readonly string[])[], everySeconds: number) {
    this.#timer = setInterval(() => {
      this.#killed += stage.kill(kills[this.#times++ % kills.length] ?? []);
    }, everySeconds * 1_000);
  }

  /** @returns how many processes were killed */
  end(): number {
    clearInterval(this.#timer);
    return this.#killed;
  }
}

function copiesIn(messages: readonly { readonly source: string; readonly id: string }[]): number {
  return messages.length - new Set(messages.map(({ source, id }) => `${source} ${id}`)).size;
}
