/** What the watchdog looks for; docs/guides/alerts.md says of each what it means and what to do. */
export const ALERT_KINDS = [
  'stalled-flow',
  'step-without-consumer',
  'step-without-instance',
  'dead-letter-group',
  'dead-letter-growth',
  'contract-break',
  'stream-filling',
  'ledger-behind',
] as const;

export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that is wrong now. */
export interface Condition {
  /** The same for the same trouble, whoever sees it and whenever: `stalled-flow/payments__refund/stock.short.v1`. */
  readonly id: string;
  readonly kind: AlertKind;
  /** One sentence for whoever is to act. */
  readonly sentence: string;
  readonly app: string | undefined;
  /** `<app>__<step>` */
  readonly step: string | undefined;
  /** Contract ids of which one should have come. */
  readonly missing: readonly string[];
  /** How many flows or dead letters it concerns, or messages wait; per cent of a stream; seconds that the ledger is behind. */
  readonly count: number;
  /** CloudEvents sources of the messages that broke their contract, the first three: who is to mend them. */
  readonly sources?: readonly string[] | undefined;
  /** Id of the first flow that it concerns. */
  readonly flow: string | undefined;
  /** Nothing was heard since then, ms since the epoch; undefined where that does not matter. */
  readonly quietSince?: number | undefined;
}

/** A condition that is told of, from when it began until everybody was told that it is over. */
export interface Alert extends Omit<Condition, 'quietSince'> {
  readonly state: 'firing' | 'resolved';
  /** When it began, ms since the epoch. */
  readonly since: number;
  /** What the webhook has not taken yet, oldest first. */
  readonly untold: readonly Change[];
}

/** An alert that began, or that is over. */
export interface Change {
  readonly state: Alert['state'];
  /** ms since the epoch */
  readonly at: number;
  /** When the alert began: together with its id and the state it names the change. */
  readonly since: number;
  readonly sentence: string;
  readonly count: number;
}
