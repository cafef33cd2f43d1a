import { createHash } from 'node:crypto';
import { told } from '../model/duration.ts';
import type { Alert, Change } from './alert.ts';
import type { WebhookMessage } from './webhook.ts';

/** A change as the webhook is told of it. The id is made from the change: the same, whoever tells it and how often. */
export function messageOf(alert: Alert, change: Change, prefix: string): WebhookMessage {
  const { id, kind, app, step, missing, sources, flow } = alert;
  const { state, at, since, sentence, count } = change;
  const key = createHash('sha256').update(`${prefix} ${id} ${since} ${state}`).digest('base64url');
  const endedAt = state === 'resolved' ? new Date(at).toISOString() : undefined;
  const body = {
    type: `alert.${state}`,
    timestamp: new Date(at).toISOString(),
    text: textOf(change, prefix),
    data: {
      id,
      kind,
      state,
      sentence,
      environment: prefix === '' ? undefined : prefix,
      app,
      step,
      missing,
      sources,
      count,
      flow,
      since: new Date(since).toISOString(),
      endedAt,
    },
  };
  return { id: `msg_${key.slice(0, 27)}`, body };
}

/** For chats: `text` is what Slack and those like it show, where `&`, `<` and `>` are signs of their own. */
function textOf({ state, at, since, sentence }: Change, prefix: string): string {
  const where = prefix === '' ? '' : `[${prefix}] `;
  const said =
    state === 'firing' ? `🔴 ${where}${sentence}` : `🟢 ${where}Over after ${told(at - since)}: ${sentence}`;
  return said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
