/** What the console answers. Made from its OpenAPI document by `npm test -- tools/workspace/console-answers --update`. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly Whereabouts: {
            readonly key: string;
            /** @description Where it is, for people. */
            readonly sentence: string;
            readonly matches: readonly {
                readonly flow: string;
                readonly kinds: readonly string[];
            }[];
            readonly flows: readonly components["schemas"]["Flow"][];
            /** @description Everything stored before then is known; 0 while the ledger has not caught up yet, ms since the epoch. */
            readonly asOf: number;
            /** @description How far behind that is; null while it has not caught up. */
            readonly behindMs: number | null;
            /** @description Why the answer is older than it should be. */
            readonly problem?: string;
        };
        readonly FlowsPage: {
            readonly flows: readonly components["schemas"]["FlowSummary"][];
            /** @description Asks for what comes behind; missing when nothing does. */
            readonly cursor?: string;
            /**
             * Format: date-time
             * @description Older flows are purged.
             */
            readonly knownSince?: string;
            /** @description Everything stored before then is known; 0 while the ledger has not caught up yet, ms since the epoch. */
            readonly asOf: number;
            /** @description How far behind that is; null while it has not caught up. */
            readonly behindMs: number | null;
            /** @description Why the answer is older than it should be. */
            readonly problem?: string;
        };
        readonly FlowAnswer: {
            readonly flow: components["schemas"]["Flow"];
            /** @description Everything stored before then is known; 0 while the ledger has not caught up yet, ms since the epoch. */
            readonly asOf: number;
            /** @description How far behind that is; null while it has not caught up. */
            readonly behindMs: number | null;
            /** @description Why the answer is older than it should be. */
            readonly problem?: string;
        };
        readonly Flow: {
            readonly id: string;
            /** @enum {unknown} */
            readonly state: "running" | "completed" | "stalled" | "failed";
            readonly sentence: string;
            /** @description Why it is stalled or failed. */
            readonly reasons: readonly string[];
            /** @description Contract id of the message that opened it. */
            readonly type: string;
            /** @description When its first message was stored, ms since the epoch. */
            readonly startedAt: number;
            /** @description When its last message was stored, ms since the epoch. */
            readonly lastAt: number;
            /** @description The flow that handed off to it. */
            readonly parent?: string;
            /** @description Ids of the traces that its messages were sent in, oldest first; 20 at most. */
            readonly traces: readonly string[];
            readonly links: {
                /** @description Where these are to be seen; none unless `TROUPE_TRACE_URL` says where. */
                readonly traces: readonly string[];
            };
            /** @description The declared end that it reached. */
            readonly end?: string;
            readonly clockSkewMs: number;
            /** @description It has more messages than are shown. */
            readonly truncated: boolean;
            readonly roots: readonly components["schemas"]["MessageNode"][];
            /** @description Flows that it handed off to, oldest first; of more than 20 the youngest. */
            readonly handOffs: readonly components["schemas"]["HandOff"][];
        };
        readonly HandOff: {
            /** @description Id of the flow that was handed off to. */
            readonly flow: string;
            /** @description What the hand-off is called. */
            readonly name: string;
            readonly app?: string;
            /** @enum {unknown} */
            readonly state: "running" | "completed" | "stalled" | "failed";
            /** @description Where it is, for people. */
            readonly sentence: string;
            /** @description When its first message was stored, ms since the epoch. */
            readonly startedAt: number;
        };
        readonly FlowReport: {
            readonly flowId: string;
            /** @description The flow that handed off to it. */
            readonly parentFlowId?: string;
            /** @enum {unknown} */
            readonly state: "running" | "completed" | "stalled" | "failed";
            /** Format: date-time */
            readonly startedAt: string;
            /**
             * Format: date-time
             * @description When its last message was stored, once it is completed.
             */
            readonly endedAt?: string;
            readonly durationMs?: number;
            /** @description The declared ends and those asked for that were reached; 100 at most. */
            readonly ends: readonly {
                readonly contract: string;
                readonly messageId: string;
                readonly source: string;
                /** Format: date-time */
                readonly at: string;
                /** @description What it says, as it was sent; with `data=true`, of the first 10. */
                readonly data?: unknown;
            }[];
            readonly steps: readonly {
                /** @description `<app>__<step>` */
                readonly step: string;
                readonly messages: number;
                readonly done: number;
                /** @description Neither done nor set aside. */
                readonly waiting: number;
                readonly retries: number;
                readonly deadLetters: number;
                /** @description From being stored to being acknowledged, or to what came of it being stored. */
                readonly timeMs?: {
                    readonly median: number;
                    readonly max: number;
                };
            }[];
            /** @description Messages that nothing came of, and others that a step has not settled. These are open. */
            readonly branches: {
                readonly total: number;
                readonly open: number;
            };
            readonly retries: number;
            /** @description What is set aside now; 20 at most. */
            readonly deadLetters: readonly {
                readonly step: string;
                readonly reason: string;
                readonly messageId: string;
                /** Format: date-time */
                readonly at?: string;
            }[];
            readonly asOf: {
                readonly behindMs: number;
                /**
                 * Format: date-time
                 * @description Everything stored before then is known.
                 */
                readonly at: string;
            };
            /** @description What is not known, a sentence each; 20 at most. */
            readonly lacks: readonly string[];
        };
        readonly FlowSummary: {
            readonly id: string;
            /** @enum {unknown} */
            readonly state: "running" | "completed" | "stalled" | "failed";
            readonly sentence: string;
            /** @description Why it is stalled or failed. */
            readonly reasons: readonly string[];
            /** @description Contract id of the message that opened it. */
            readonly type: string;
            /** @description When its first message was stored, ms since the epoch. */
            readonly startedAt: number;
            /** @description When its last message was stored, ms since the epoch. */
            readonly lastAt: number;
            /** @description The flow that handed off to it. */
            readonly parent?: string;
            /** @description Ids of the traces that its messages were sent in, oldest first; 20 at most. */
            readonly traces: readonly string[];
            readonly links: {
                /** @description Where these are to be seen; none unless `TROUPE_TRACE_URL` says where. */
                readonly traces: readonly string[];
            };
            /** @description The declared end that it reached. */
            readonly end?: string;
            readonly clockSkewMs: number;
            /** @description It has more messages than are shown. */
            readonly truncated: boolean;
        };
        readonly MessageNode: {
            readonly message: components["schemas"]["Message"];
            readonly steps: readonly components["schemas"]["StepNode"][];
            readonly next: readonly components["schemas"]["MessageNode"][];
        };
        readonly StepNode: {
            /** @description `<app>__<step>` */
            readonly step: string;
            readonly app: string;
            readonly settlement: components["schemas"]["Settlement"];
            /** @description Failed attempts that are known of. */
            readonly retries: number;
            readonly overdue?: {
                readonly byMs: number;
                readonly expected: readonly string[];
            };
            readonly emitted: readonly components["schemas"]["MessageNode"][];
        };
        /** @description Where one message stands with one step. */
        readonly Settlement: {
            /** @constant */
            readonly state: "waiting";
            readonly position?: number;
            readonly expectedMs?: number;
            readonly noConsumer: boolean;
        } | {
            /** @constant */
            readonly state: "in-flight";
            /** @description Not later than this, ms since the epoch. */
            readonly since?: number;
        } | {
            /** @constant */
            readonly state: "retrying";
            readonly attempt?: number;
            /** @description The next one, ms since the epoch. */
            readonly nextAt?: number;
            readonly error?: string;
        } | {
            /** @constant */
            readonly state: "done";
            /** @description When it was heard, ms since the epoch. */
            readonly at?: number;
        } | {
            /** @constant */
            readonly state: "dead-lettered";
            readonly reason: string;
            readonly letter?: number;
            /** @description When it was set aside, ms since the epoch. */
            readonly at?: number;
            readonly error?: string;
        } | {
            /** @constant */
            readonly state: "redriven";
            readonly letter: number;
            /** @description When it was sent again, ms since the epoch. */
            readonly at: number;
            readonly as?: string;
        } | {
            /** @constant */
            readonly state: "unknown";
            readonly why: string;
        };
        readonly Message: {
            readonly id: string;
            readonly source: string;
            readonly type: string;
            readonly flow: string;
            readonly cause?: string;
            readonly stream: string;
            readonly seq: number;
            /** @description When the stream stored it, ms since the epoch. */
            readonly at: number;
            /** @description What its sender says, ms since the epoch. */
            readonly saidAt?: number;
            readonly size: number;
            /** @description Id of the trace that it was sent in. */
            readonly trace?: string;
            readonly app?: string;
            readonly emittedBy?: string;
            /**
             * @description It was sent to one step alone
             * @constant
             */
            readonly direct?: true;
        };
        readonly StepsPage: {
            readonly steps: readonly components["schemas"]["StepView"][];
            /** @description Everything stored before then is known; 0 while the ledger has not caught up yet, ms since the epoch. */
            readonly asOf: number;
            /** @description How far behind that is; null while it has not caught up. */
            readonly behindMs: number | null;
            /** @description Why the answer is older than it should be. */
            readonly problem?: string;
        };
        readonly StepView: {
            readonly step: string;
            readonly app: string;
            readonly emits: readonly string[];
            readonly within?: string;
            readonly queues: readonly components["schemas"]["QueueView"][];
            readonly instances?: number;
        };
        readonly QueueView: {
            readonly subject: string;
            readonly hasConsumer: boolean;
            readonly waiting: number;
            readonly inFlight: number;
            readonly perSecond: number;
            readonly criticalMs?: {
                readonly p50: number;
                readonly p99: number;
            };
            readonly retries: number;
            /** @description When an answer was heard last, ms since the epoch. */
            readonly lastSeenAt?: number;
        };
        readonly Alerts: {
            readonly alerts: readonly components["schemas"]["Alert"][];
            /** @description When the watchdog looked last; 0 before it did, ms since the epoch. */
            readonly lookedAt: number;
            /** @description Everything stored before then is known; 0 while the ledger has not caught up yet, ms since the epoch. */
            readonly asOf: number;
            /** @description How far behind that is; null while it has not caught up. */
            readonly behindMs: number | null;
            /** @description Why the answer is older than it should be. */
            readonly problem?: string;
        };
        readonly Alert: {
            /** @description The same for the same trouble. */
            readonly id: string;
            /** @enum {unknown} */
            readonly kind: "stalled-flow" | "step-without-consumer" | "step-without-instance" | "dead-letter-group" | "dead-letter-growth" | "contract-break" | "stream-filling" | "ledger-behind";
            readonly sentence: string;
            readonly app?: string;
            readonly step?: string;
            /** @description Contract ids of which one should have come. */
            readonly missing: readonly string[];
            readonly count: number;
            /** @description Who sent the messages that break their contract; three at most. */
            readonly sources?: readonly string[];
            /** @description The flow that stands there longest. */
            readonly flow?: string;
            /** @description Nothing was heard since then, ms since the epoch. */
            readonly quietSince?: number;
            /** @description When this watchdog saw it first, ms since the epoch. */
            readonly since: number;
        };
        readonly StoredMessage: {
            readonly stream: string;
            readonly seq: number;
            readonly subject: string;
            /** Format: date-time */
            readonly storedAt: string;
            readonly headers: readonly (readonly [
                string,
                readonly string[]
            ])[];
            /** @description Id of the trace that it was sent in; of a copy, its original’s. */
            readonly trace?: string;
            readonly links: {
                /** @description Where that is to be seen. */
                readonly trace?: string;
            };
            /** @description Bytes of the payload. */
            readonly size: number;
            /** @description What the message says, with `***` for each sensitive value; or why it is not shown. */
            readonly body: {
                /** @constant */
                readonly kind: "json";
                readonly value: unknown;
            } | {
                /** @constant */
                readonly kind: "hidden";
                readonly value: string;
            };
        };
        readonly TailEntry: {
            readonly flow: components["schemas"]["FlowSummary"];
            /** @description Changes that were left out before this one, because whoever reads is too slow. */
            readonly missed: number;
            /** @description Everything stored before then is known; 0 while the ledger has not caught up yet, ms since the epoch. */
            readonly asOf: number;
            /** @description How far behind that is; null while it has not caught up. */
            readonly behindMs: number | null;
            /** @description Why the answer is older than it should be. */
            readonly problem?: string;
        };
        /** @description Problem details (RFC 9457). */
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail?: string;
            readonly instance?: string;
            readonly code?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Whereabouts = components['schemas']['Whereabouts'];
export type FlowsPage = components['schemas']['FlowsPage'];
export type FlowAnswer = components['schemas']['FlowAnswer'];
export type Flow = components['schemas']['Flow'];
export type HandOff = components['schemas']['HandOff'];
export type FlowReport = components['schemas']['FlowReport'];
export type FlowSummary = components['schemas']['FlowSummary'];
export type MessageNode = components['schemas']['MessageNode'];
export type StepNode = components['schemas']['StepNode'];
export type Settlement = components['schemas']['Settlement'];
export type Message = components['schemas']['Message'];
export type StepsPage = components['schemas']['StepsPage'];
export type StepView = components['schemas']['StepView'];
export type QueueView = components['schemas']['QueueView'];
export type Alerts = components['schemas']['Alerts'];
export type Alert = components['schemas']['Alert'];
export type StoredMessage = components['schemas']['StoredMessage'];
export type TailEntry = components['schemas']['TailEntry'];
export type Problem = components['schemas']['Problem'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
