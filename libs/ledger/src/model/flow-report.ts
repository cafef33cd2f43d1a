import type { FlowState } from './flow.ts';

/** How a flow went, added up: what whoever handed off to it is told. Times are RFC 3339, spans ms. */
export interface FlowReport {
  readonly flowId: string;
  /** The flow that handed off to it. */
  readonly parentFlowId: string | undefined;
  readonly state: FlowState;
  readonly startedAt: string;
  /** When its last message was stored; undefined before it is completed, as `durationMs` is. */
  readonly endedAt: string | undefined;
  readonly durationMs: number | undefined;
  /** The declared ends and those asked for that were reached, in order; 100 at most. */
  readonly ends: readonly ReportedEnd[];
  /** In the order in which they began; 200 at most. */
  readonly steps: readonly ReportedStep[];
  /** Where it went to: messages that nothing came of, and others that a step has not settled. These are open. */
  readonly branches: { readonly total: number; readonly open: number };
  /** Of all steps. */
  readonly retries: number;
  /** What is set aside now, and not sent again; 20 at most. */
  readonly deadLetters: readonly ReportedLetter[];
  /** Everything stored before `at` is known. */
  readonly asOf: { readonly behindMs: number; readonly at: string };
  /** What is not known, a sentence each, 20 at most. Empty: the report is whole. */
  readonly lacks: readonly string[];
}

/** A message that ends the flow. */
export interface ReportedEnd {
  readonly contract: string;
  readonly messageId: string;
  readonly source: string;
  readonly at: string;
  /** What it says, as it was sent; only when asked for, and of the first 10. */
  readonly data?: unknown;
}

/** What a step did in the flow. */
export interface ReportedStep {
  /** `<app>__<step>` */
  readonly step: string;
  readonly messages: number;
  readonly done: number;
  /** Neither done nor set aside. */
  readonly waiting: number;
  readonly retries: number;
  readonly deadLetters: number;
  /** From being stored to being acknowledged, else to what came of it being stored; undefined when that is not known. */
  readonly timeMs: { readonly median: number; readonly max: number } | undefined;
}

/** A message that is set aside. */
export interface ReportedLetter {
  readonly step: string;
  readonly reason: string;
  readonly messageId: string;
  /** When it was set aside. */
  readonly at: string | undefined;
}
