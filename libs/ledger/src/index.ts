export type { Behaviour } from './conformance/behaviour.ts';
export { storeConformance } from './conformance/conformance.ts';
export {
  ChoreographyError,
  LedgerQueryError,
  LedgerStoreError,
  WebhookError,
} from './errors.ts';
export { jsonOf } from './export/json.ts';
export { mermaidOf } from './export/mermaid.ts';
export { Ledger, type LedgerOptions } from './ledger.ts';
export {
  type Choreography,
  type DeclaredApp,
  type DeclaredContract,
  type DeclaredFlow,
  type DeclaredStep,
  readChoreography,
} from './model/choreography.ts';
export type { Flow, FlowState, MessageNode, Overdue, StepNode } from './model/flow.ts';
export { FLOW_STATES } from './model/flow.ts';
export type { FlowReport, ReportedEnd, ReportedLetter, ReportedStep } from './model/flow-report.ts';
export type { HandOff } from './model/hand-off.ts';
export { type Message, traceOf } from './model/message.ts';
export {
  type DeadLettered,
  type Done,
  type InFlight,
  isSettled,
  type Redriven,
  type Retrying,
  type Settlement,
  type Waiting,
} from './model/settlement.ts';
export { BUSINESS_KEY, type BusinessKeys, markedIn } from './projection/business-keys.ts';
export type { Pace } from './projection/pace.ts';
export type { FlowsPage, FlowsQuery } from './query/flows.ts';
export type { ReportQuery } from './query/reports.ts';
export type { QueueView, StepView } from './query/steps.ts';
export type { TailEntry, TailFilter } from './query/tail.ts';
export type { Freshness, Match, Whereabouts } from './query/whereabouts.ts';
export type { Database, Exchange, Insertion, Session, Value } from './store/database.ts';
export { ALERT_KINDS, type AlertKind, type Condition } from './watchdog/alert.ts';
export type { FiringAlert } from './watchdog/firing.ts';
export type { Metric } from './watchdog/metrics.ts';
export { type Alerts, Watchdog, type WatchdogOptions } from './watchdog/watchdog.ts';
export type { WebhookOptions } from './watchdog/webhook.ts';
export { readWebhook, WEBHOOK_VARIABLES } from './watchdog/webhook-settings.ts';
