import {
  allTold,
  type Environment,
  isSet,
  type Kind,
  readVariables,
  SettingError,
  serviceUrl,
  type Table,
} from '@troupe/settings';
import type { WebhookOptions } from './webhook.ts';

const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

const signingSecret: Kind<string> = {
  allowed: `whsec_ and base64 of ${FEWEST_BYTES} to ${MOST_BYTES} random bytes`,
  read: (text) => {
    const [, code = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
    const { length } = Buffer.from(code, 'base64');
    return length >= FEWEST_BYTES && length <= MOST_BYTES ? text : undefined;
  },
};

/** The two variables of the webhook; one is nothing without the other. */
export const WEBHOOK_VARIABLES = {
  url: {
    name: 'TROUPE_WEBHOOK_URL',
    kind: serviceUrl,
    meaning: 'address that is told of [alerts](../guides/alerts.md#the-webhook)',
    unset: 'none: nobody is told',
    secret: true, // those of chats let whoever has them post
    readBy: 'console',
  },
  secret: {
    name: 'TROUPE_WEBHOOK_SECRET',
    kind: signingSecret,
    meaning: 'what its messages are signed with. Needed with the address',
    unset: 'none',
    secret: true,
    readBy: 'console',
  },
} as const satisfies Table;

/**
 * What the environment says of the webhook: `TROUPE_WEBHOOK_URL` and `TROUPE_WEBHOOK_SECRET`. Undefined when neither
 * is set.
 * @throws SettingError naming every variable with a wrong value; the secret is not in it
 */
export function readWebhook(environment: Environment): WebhookOptions | undefined {
  const [{ url, secret }] = allTold(
    () => readVariables(WEBHOOK_VARIABLES, environment),
    () => bothOrNone(environment),
  );
  return url === undefined || secret === undefined ? undefined : { url, secret };
}

function bothOrNone(environment: Environment): void {
  const missing = Object.values(WEBHOOK_VARIABLES).filter((variable) => !isSet(variable, environment));
  if (missing.length !== 1) return;
  throw new SettingError(missing.map(({ name, kind }) => `${name} must be set too: ${kind.allowed}.`));
}
