/** What is done to the system. */
export const FAULTS = [
  'app-killed',
  'app-frozen',
  'broker-killed',
  'database-killed',
  'carrier-cut',
  'events-full',
  'dead-letters-full',
  'copies',
  'broken-message',
  'poison',
] as const;

export type FaultKind = (typeof FAULTS)[number];

/** Orders that come at once, and pile up. */
export interface Burst {
  readonly atSecond: number;
  readonly orders: number;
  /** For how long every instance of payments is frozen from then on; these are among the profile's `app-frozen`. */
  readonly heldSeconds: number;
}

/** How much is done to the system, and on what it runs. */
export interface Profile {
  readonly name: string;
  /** In all, those of the bursts and the poison included. */
  readonly orders: number;
  /** From the first order to the last one. */
  readonly seconds: number;
  /** There is one for each poison at least. */
  readonly bursts: readonly Burst[];
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** 1, or a cluster whose streams are kept by every server. */
  readonly servers: 1 | 3;
  /** After how long the broker hands out again what payments had in hand; the platform's 30 s unless it is given. */
  readonly paymentsAckWaitSeconds?: number;
}

/** By their names on the command line. */
export const PROFILES: Readonly<Record<string, Profile>> = {
  full: {
    name: 'full',
    orders: 20_000,
    seconds: 540,
    bursts: [
      { atSecond: 20, orders: 6_000, heldSeconds: 28 },
      { atSecond: 240, orders: 6_000, heldSeconds: 28 },
    ],
    faults: {
      'app-killed': 20,
      'app-frozen': 10,
      'broker-killed': 6,
      'database-killed': 5,
      'carrier-cut': 3,
      'events-full': 4,
      'dead-letters-full': 3,
      copies: 3,
      'broken-message': 4,
      poison: 2,
    },
    servers: 1,
  },
  cluster: {
    name: 'cluster',
    orders: 6_000,
    seconds: 300,
    bursts: [{ atSecond: 20, orders: 2_000, heldSeconds: 12 }],
    faults: {
      'app-killed': 6,
      'app-frozen': 4,
      'broker-killed': 6,
      'database-killed': 1,
      'events-full': 1,
      'dead-letters-full': 1,
      copies: 2,
      'broken-message': 1,
      poison: 1,
    },
    servers: 3,
  },
  short: {
    name: 'short',
    orders: 700,
    seconds: 20,
    bursts: [{ atSecond: 2, orders: 350, heldSeconds: 3 }],
    faults: {
      'app-killed': 2,
      'app-frozen': 3,
      'broker-killed': 1,
      'database-killed': 1,
      'carrier-cut': 1,
      'events-full': 1,
      'dead-letters-full': 1,
      copies: 1,
      'broken-message': 1,
      poison: 1,
    },
    servers: 1,
    // A poisonous order takes four of them.
    paymentsAckWaitSeconds: 12,
  },
};
