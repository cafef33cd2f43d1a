import { setInterval } from 'node:timers';
import { sizeOf } from './evidence/consumers.ts';
import { gather } from './evidence/evidence.ts';
import { type InflictedFault, inflictAll } from './faults/schedule.ts';
import { Load } from './load.ts';
import { haltingObserver } from './observer.ts';
import { planOf } from './plan.ts';
import type { Profile } from './profile.ts';
import { type Report, reportOf } from './report.ts';
import { BacklogWatch, settle } from './settle.ts';
import { orderAt } from './shopping.ts';
import { CAST, Stage } from './stage.ts';
import { recoveriesOf } from './verdict/recovery.ts';
import { verdictOf } from './verdict/verdict.ts';

/** What a run is made from. */
export interface OrderRun {
  readonly profile: Profile;
  readonly seed: number;
  readonly syncInterval: string;
  /** Keeps the stores and the logs. */
  readonly folder: string;
}

/** How long what is left may take after the last order and the last fault. */
const PATIENCE = 300_000;
const PROGRESS_INTERVAL = 10_000;

/**
 * Runs the order system under orders and faults, lets it finish, and says what became of every order.
 * @throws TroupeError, BrokerError when it could not be carried through
 */
export async function chaos(
  { profile, seed, syncInterval, folder }: OrderRun,
  stop: AbortSignal,
): Promise<Report> {
  const plan = planOf(profile, seed, CAST);
  const halt = new AbortController();
  const stage = await Stage.set({ profile, folder, syncInterval, observer: haltingObserver(halt), stop });
  const watch = new BacklogWatch(stage.brokers);
  const stopOrHalt = AbortSignal.any([stop, halt.signal]);
  const load = new Load(orderAt(stage.shop, seed));
  const began = Date.now();
  const sinceBegin = () => `${String(Math.round((Date.now() - began) / 1_000)).padStart(4)} s`;
  const tell = (text: string) => console.log(`${sinceBegin()}  ${text}`);
  const progress = setInterval(() => {
    const backlog = watch.latest === undefined ? 'unknown' : String(sizeOf(watch.latest));
    tell(`${load.accepted.length} of ${plan.orders.length} orders accepted, backlog ${backlog}`);
  }, PROGRESS_INTERVAL);
  try {
    const [faults] = await Promise.all([
      inflictAll(plan.faults, stage, began, { onFault: (fault) => tell(faultText(fault)), stop: stopOrHalt }),
      load.place(plan.orders, began, stopOrHalt),
    ]);
    tell('every order is placed and every fault is over: waiting until nothing is left to do');
    const left = await settle(watch, PATIENCE, stopOrHalt);
    if (halt.signal.aborted) throw halt.signal.reason;
    stop.throwIfAborted();
    const seconds = Math.round((Date.now() - began) / 1_000);
    tell('reading the broker, the databases and the log of the world');
    const evidence = await gather(stage, load.accepted, left);
    const verdict = verdictOf(evidence);
    return reportOf(verdict, {
      profile,
      seed,
      syncInterval,
      seconds,
      faults: faults.length,
      sentAgain: load.accepted.filter(({ tries }) => tries > 1).length,
      givenUp: load.givenUp,
      largestBacklog: watch.largest,
      events: evidence.events.length,
      deadLetters: countBy(evidence.letters.map(({ reason }) => reason)),
      calls: evidence.calls.length,
      repeatedCalls: evidence.calls.filter(({ repeated }) => repeated).length,
      recoveries: recoveriesOf(faults, load.accepted, verdict.outcomeAt),
    });
  } finally {
    clearInterval(progress);
    await watch.stop();
    await stage.strike();
  }
}

function faultText({ kind, app, began, ended }: InflictedFault): string {
  const lasted = ended - began < 100 ? '' : ` for ${((ended - began) / 1_000).toFixed(1)} s`;
  return `${kind}${app === undefined ? '' : ` ${app}`}${lasted}`;
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
