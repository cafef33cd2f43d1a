import type { Stage } from './stage/stage.ts';

/** One rule of the wire, and how it is tried on a step. */
export interface Rule {
  /** Stable, for scripts and for docs/reference/conformance.md. */
  readonly id: string;
  /** What is done to find out. */
  readonly tries: string;
  /** What it cannot be tried without: a process or a broker that the command started itself. Default: nothing. */
  readonly needs?: 'process' | 'broker';
  /** Rejects only when nothing can be tried any more: the broker is gone, the step does not start. */
  check(stage: Stage): Promise<Outcome>;
}

/** A sentence for each way in which the rule is broken, none when it holds; or why nothing could be found out. */
export type Outcome = readonly string[] | NotTried;

export interface NotTried {
  readonly notTried: string;
}

/** What was found out about one rule. */
export interface Finding {
  readonly rule: string;
  readonly tried: string;
  readonly verdict: 'holds' | 'broken' | 'not tried';
  /** What was found, a sentence each; why it was not tried; empty when the rule holds. */
  readonly found: readonly string[];
}

export function notTried(reason: string): NotTried {
  return { notTried: reason };
}

/** A sentence when something is not as it should be. */
export function differs(what: string, is: unknown, should: unknown): string[] {
  const [shown, wanted] = [JSON.stringify(is) ?? 'missing', JSON.stringify(should) ?? 'missing'];
  return shown === wanted ? [] : [`${what} is ${shown}, not ${wanted}`];
}
