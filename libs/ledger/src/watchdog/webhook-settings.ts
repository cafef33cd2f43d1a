import { WebhookSettingError } from '../errors.ts';
import type { WebhookOptions } from './webhook.ts';

const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

/**
 * What the environment says of the webhook: `TROUPE_WEBHOOK_URL` and `TROUPE_WEBHOOK_SECRET`. Undefined when neither
 * is set.
 * @throws WebhookSettingError naming every variable with a wrong value; the secret is not in it
 */
export function readWebhook(
  variables: Readonly<Record<string, string | undefined>>,
): WebhookOptions | undefined {
  const text = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const url = text('TROUPE_WEBHOOK_URL');
  const secret = text('TROUPE_WEBHOOK_SECRET');
  if (url === undefined && secret === undefined) return undefined;
  const problems: string[] = [];
  if (url === undefined || !isAddress(url))
    problems.push('TROUPE_WEBHOOK_URL must be an http:// or https:// address without user and password.');
  if (secret === undefined || !isSecret(secret))
    problems.push(
      `TROUPE_WEBHOOK_SECRET must be whsec_ and base64 of ${FEWEST_BYTES} to ${MOST_BYTES} random bytes.`,
    );
  if (problems.length > 0 || url === undefined || secret === undefined)
    throw new WebhookSettingError(problems);
  return { url, secret };
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isSecret(text: string): boolean {
  const [, code] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  if (code === undefined) return false;
  const { length } = Buffer.from(code, 'base64');
  return length >= FEWEST_BYTES && length <= MOST_BYTES;
}
