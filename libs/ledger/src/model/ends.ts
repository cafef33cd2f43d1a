import type { Judgement } from './assemble.ts';
import { newestOf } from './cause.ts';
import type { DeclaredFlow } from './choreography.ts';
import type { Expectations } from './expectation.ts';
import { type FlowRecord, isDirect, type StoredMessage } from './record.ts';

/** The messages of a flow that are for everybody who takes them. */
export function ownOf({ messages }: FlowRecord): StoredMessage[] {
  return messages.filter((message) => message.of === undefined && !isDirect(message));
}

/** What is declared of the flow that a message opens; else that it has these ends, if there are any. */
export function declaredFor(
  opened: StoredMessage | undefined,
  expectations: Expectations,
  ends: readonly string[] = [],
): DeclaredFlow | undefined {
  if (opened === undefined) return undefined;
  return expectations.flowOf(opened.type) ?? (ends.length > 0 ? { starts: opened.type, ends } : undefined);
}

/** Contract ids that end a flow: those that are declared for it, and those asked for. */
export function endsOf(
  record: FlowRecord,
  { expectations }: Judgement,
  asked: readonly string[],
): ReadonlySet<string> {
  const declared = declaredFor(openingOf(ownOf(record), expectations), expectations);
  return new Set([...(declared?.ends ?? []), ...asked]);
}

/**
 * Tells what is no part of a flow that was handed off to, but the affair of who handed off: what the orchestration that
 * opened it takes of it, and what orchestrations do with its ends. One that handed off to its like takes part itself:
 * then its ends alone tell.
 */
export function partsOfParent(
  record: FlowRecord,
  judgement: Judgement,
  asked: readonly string[],
): (message: StoredMessage, step: string) => boolean {
  const { expectations } = judgement;
  const opened = openingOf(ownOf(record), expectations);
  if (opened?.parent === undefined) return () => false;
  const ends = endsOf(record, judgement, asked);
  const opener = openerOf(opened, expectations);
  return ({ type }, step) => expectations.isOrchestration(step) && (step === opener || ends.has(type));
}

/** Whether the orchestration that opened a flow for another system waits for its end: nothing came that it takes. */
export function isAwaited(own: readonly StoredMessage[], expectations: Expectations): boolean {
  const opener = openerOf(openingOf(own, expectations), expectations);
  return opener !== undefined && !own.some((message) => takes(opener, message, expectations));
}

/** The orchestration that opened a flow, unless it takes part in it as in one of its own. */
function openerOf(opened: StoredMessage | undefined, expectations: Expectations): string | undefined {
  const { parent, emittedBy = '' } = opened ?? {};
  if (opened === undefined || parent === undefined || !expectations.isOrchestration(emittedBy))
    return undefined;
  return takes(emittedBy, opened, expectations) ? undefined : emittedBy;
}

function takes(step: string, message: StoredMessage, expectations: Expectations): boolean {
  return expectations.stepsOf(message).some((expected) => expected.step === step);
}

/** The message that opened a flow; of a fact that was sent as several majors, the newest that a flow is declared for. */
export function openingOf(
  own: readonly StoredMessage[],
  expectations: Expectations,
): StoredMessage | undefined {
  const fact = own.filter(({ id, source }) => id === own[0]?.id && source === own[0].source);
  return newestOf(fact.filter(({ type }) => expectations.flowOf(type) !== undefined)) ?? newestOf(fact);
}
