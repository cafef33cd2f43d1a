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

/** A flow without its ends, if it was handed off to: what orchestrations do with those is the affair of who handed off. */
export function withoutEnds(record: FlowRecord, judgement: Judgement, asked: readonly string[]): FlowRecord {
  const ends = endsOf(record, judgement, asked);
  const messages = record.messages.filter(({ parent, type }) => parent === undefined || !ends.has(type));
  return { ...record, messages };
}

/** The message that opened a flow; of a fact that was sent as several majors, the newest that a flow is declared for. */
export function openingOf(
  own: readonly StoredMessage[],
  expectations: Expectations,
): StoredMessage | undefined {
  const fact = own.filter(({ id, source }) => id === own[0]?.id && source === own[0].source);
  return newestOf(fact.filter(({ type }) => expectations.flowOf(type) !== undefined)) ?? newestOf(fact);
}
