import { setInterval } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Observer } from '@troupe/start';
import { ChaosError } from '../errors.ts';
import { sizeOf } from '../evidence/consumers.ts';
import { BacklogWatch, settle } from '../settle.ts';
import { gather } from './evidence.ts';
import { FulfilmentLoad } from './load.ts';
import { type PlannedKill, planOf } from './plan.ts';
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
  const stage = await FulfilmentStage.set({ folder, syncInterval, observer: observerOf(halt), stop });
  const watch = new BacklogWatch(stage.brokers);
  const stopOrHalt = AbortSignal.any([stop, halt.signal]);
  const load = new FulfilmentLoad(stage.orchestrators, seed);
  const began = Date.now();
  const tell = (text: string) =>
    console.log(`${String(Math.round((Date.now() - began) / 1_000)).padStart(4)} s  ${text}`);
  const progress = setInterval(() => {
    const backlog = watch.latest === undefined ? 'unknown' : String(sizeOf(watch.latest));
    tell(`${load.accepted.length} of ${plan.fulfilments.length} accepted, backlog ${backlog}`);
  }, PROGRESS_INTERVAL);
  try {
    const [kills] = await Promise.all([
      killAll(stage, plan.kills, began, stopOrHalt),
      load.place(plan.fulfilments, began, stopOrHalt),
    ]);
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
    await watch.stop();
    await stage.strike();
  }
}

/** @returns how many processes were killed */
async function killAll(
  stage: FulfilmentStage,
  kills: readonly PlannedKill[],
  began: number,
  stop: AbortSignal,
): Promise<number> {
  let killed = 0;
  for (const { atMs, victims } of kills) {
    const wait = began + atMs - Date.now();
    if (wait > 0) await delay(wait, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) break;
    await stage.kill(victims, stop);
    killed += victims.length;
  }
  return killed;
}

/** An app that cannot be kept running ends the run. */
function observerOf(halt: AbortController): Observer {
  return {
    onEnded: ({ process, pid, how }) => console.log(`        ${process} (${pid}) ended: ${how}`),
    onReturned: ({ process, pid, awayMs }) =>
      console.log(`        ${process} is back (${pid}) after ${(awayMs / 1_000).toFixed(1)} s`),
    onGivenUp: (error) => halt.abort(new ChaosError(`An app could not be kept running: ${String(error)}`)),
  };
}

function copiesIn(messages: readonly { readonly source: string; readonly id: string }[]): number {
  return messages.length - new Set(messages.map(({ source, id }) => `${source} ${id}`)).size;
}
