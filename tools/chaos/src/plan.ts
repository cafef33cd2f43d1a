import { FAULTS, type FaultKind, type Profile } from './profile.ts';
import { Random } from './random.ts';
import type { OrderKind } from './shopping.ts';

/** An order and when to place it, in milliseconds from the beginning. */
export interface PlannedOrder {
  readonly atMs: number;
  readonly kind: OrderKind;
}

/** A fault and when it begins, in milliseconds from the beginning. */
export interface PlannedFault {
  readonly atMs: number;
  readonly kind: FaultKind;
  /** The app, for those that hit one. */
  readonly app?: string;
  /** How long it lasts, for those that last. */
  readonly lastsMs: number;
}

/** Everything that a run does, in the order of time. The same seed gives the same plan. */
export interface Plan {
  readonly orders: readonly PlannedOrder[];
  readonly faults: readonly PlannedFault[];
}

/** Milliseconds from the begin of a burst to its poison, which so is in what payments fetches first. */
const POISON_AFTER = 500;
/** Instances of the app that a burst piles up in front of. */
const HELD = /^payments(-\d+)?$/;
/** The first app that is killed, and the first that is frozen: no run leaves out the one in another language. */
const CARRIER = 'carrier';
/** Nothing is done to the system before, so that it is warm. */
const FIRST_FAULT = 3_000;
/** Longer than the ack wait of 30 s: what the app holds is handed to its other instance meanwhile. */
const LONG_FREEZE = 35_000;

/** @param apps names of those that may be hit; `payments-2` is an instance of payments */
export function planOf(profile: Profile, seed: number, apps: readonly [string, ...string[]]): Plan {
  const random = new Random(seed);
  const orders = [...poisonOrders(profile), ...burstOrders(profile, random)];
  orders.push(...steadyOrders(profile, random, profile.orders - orders.length));
  return { orders: byTime(orders), faults: byTime(faultsOf(profile, random, apps)) };
}

/** By position in the list of bursts. */
function poisonTimes({ bursts, faults }: Profile): number[] {
  return bursts.slice(0, faults.poison ?? 0).map(({ atSecond }) => atSecond * 1_000 + POISON_AFTER);
}

function poisonOrders(profile: Profile): PlannedOrder[] {
  return poisonTimes(profile).map((atMs) => ({ atMs, kind: 'poison' }));
}

function burstOrders({ bursts }: Profile, random: Random): PlannedOrder[] {
  return bursts.flatMap(({ atSecond, orders }) =>
    Array.from({ length: orders }, () => ({ atMs: atSecond * 1_000, kind: kindOf(random) })),
  );
}

function steadyOrders({ seconds }: Profile, random: Random, count: number): PlannedOrder[] {
  return Array.from({ length: count }, (_, i) => ({
    atMs: Math.round((i * seconds * 1_000) / count),
    kind: kindOf(random),
  }));
}

function kindOf(random: Random): OrderKind {
  const lot = random.whole(1, 100);
  if (lot <= 8) return 'declined';
  if (lot <= 16) return 'short';
  if (lot <= 24) return 'returned';
  return lot <= 62 ? 'two-parcels' : 'one-parcel';
}

/** The poison and what holds a burst have their times; the others are spread over the run, as the seed gives. */
function faultsOf(profile: Profile, random: Random, apps: readonly [string, ...string[]]): PlannedFault[] {
  const poison = poisonTimes(profile).map((atMs): PlannedFault => ({ atMs, kind: 'poison', lastsMs: 0 }));
  const holds = holdsOf(profile, apps);
  const counts = { ...profile.faults, poison: 0 };
  counts['app-frozen'] = (counts['app-frozen'] ?? 0) - holds.length;
  const kinds = random.shuffled(
    FAULTS.flatMap((kind) => Array.from({ length: counts[kind] ?? 0 }, () => kind)),
  );
  const slot = (profile.seconds * 1_000 - FIRST_FAULT) / kinds.length;
  const carrier = apps.find((app) => app === CARRIER);
  const hit = new Set<FaultKind>();
  let frozen = 0;
  const others = kinds.map((kind, i): PlannedFault => {
    const atMs = Math.round(FIRST_FAULT + i * slot + random.whole(0, Math.floor(slot / 2)));
    const long = kind === 'app-frozen' && frozen++ % 4 === 3;
    const lastsMs = long ? LONG_FREEZE : random.whole(2_000, 5_000);
    const hitsApp = kind === 'app-killed' || kind === 'app-frozen';
    if (!hitsApp) return { atMs, kind, lastsMs };
    const app = hit.has(kind) ? random.oneOf(apps) : (carrier ?? random.oneOf(apps));
    hit.add(kind);
    return { atMs, kind, app, lastsMs };
  });
  return [...poison, ...holds, ...others];
}

function holdsOf({ bursts }: Profile, apps: readonly string[]): PlannedFault[] {
  return bursts.flatMap(({ atSecond, heldSeconds }) =>
    apps
      .filter((app) => HELD.test(app))
      .map((app) => ({ atMs: atSecond * 1_000, kind: 'app-frozen', app, lastsMs: heldSeconds * 1_000 })),
  );
}

function byTime<T extends { readonly atMs: number }>(planned: readonly T[]): T[] {
  return planned.toSorted((one, other) => one.atMs - other.atMs);
}
