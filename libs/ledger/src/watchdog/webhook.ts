import { createHmac } from 'node:crypto';
import { WebhookError } from '../errors.ts';

/** Who is told of alerts. */
export interface WebhookOptions {
  /** `http://` or `https://`, without user and password. */
  readonly url: string;
  /** `whsec_` and base64 of 24 to 64 bytes, as in Standard Webhooks. */
  readonly secret: string;
}

/** One message; sent again it has the same id. */
export interface WebhookMessage {
  readonly id: string;
  readonly body: object;
}

const TIMEOUT_MS = 10_000;

/**
 * Posts signed JSON as Standard Webhooks 1.0 has it: `webhook-id`, `webhook-timestamp` (seconds, when it is sent) and
 * `webhook-signature` (`v1,` and base64 of HMAC-SHA256 over the id, the timestamp and the body, with dots between).
 */
export class Webhook {
  readonly #key: Buffer;

  constructor(
    private readonly options: WebhookOptions,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.#key = Buffer.from(options.secret.replace(/^whsec_/, ''), 'base64');
  }

  /**
   * Resolves when the receiver took it. Bounded: 10 s, and no answer is read.
   * @throws WebhookError for any answer but 2xx, and for none
   */
  async send({ id, body }: WebhookMessage, signal: AbortSignal): Promise<void> {
    const { url } = this.options;
    const text = JSON.stringify(body);
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', this.#key).update(`${id}.${timestamp}.${text}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]);
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body: text,
      redirect: 'manual', // a followed one may become a GET
      signal: bounded,
    }).catch((error: Error) => {
      throw new WebhookError(new URL(url).host, String(error.cause ?? error));
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new WebhookError(new URL(url).host, `it answered ${answer.status}`);
  }
}
