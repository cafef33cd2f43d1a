import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SettingError } from '@troupe/settings';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebhookError } from '../errors.ts';
import type { Alert, Change } from './alert.ts';
import { Receiver, SECRET } from './receiver.spec.support.ts';
import { Webhook } from './webhook.ts';
import { messageOf } from './webhook-message.ts';
import { readWebhook } from './webhook-settings.ts';

const never = new AbortController().signal;
const message = { id: 'msg_1', body: { text: 'grüße' } };

describe('a webhook', () => {
  it('signs what it sends, so that the library of others takes it', async () => {
    const receiver = await Receiver.start();
    await new Webhook(receiver).send(message, never);
    expect(receiver.taken).toEqual([{ id: 'msg_1', status: 204, told: message.body }]);
  });

  it('takes any answer but 2xx for a refusal, and follows no redirection', async () => {
    for (const status of [302, 400, 410, 500]) {
      const receiver = await Receiver.start(() => status);
      const sent = new Webhook(receiver).send(message, never);
      await expect(sent).rejects.toThrow(new RegExp(`did not take the alert: it answered ${status}`));
      expect(receiver.requests).toHaveLength(1);
    }
  });

  it('says so when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const sent = new Webhook({ url: `http://127.0.0.1:${port}/`, secret: SECRET }).send(message, never);
    await expect(sent).rejects.toThrow(WebhookError);
    await expect(sent).rejects.toThrow(/ECONNREFUSED/);
  });

  it('does not wait for a receiver that never answers', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close().closeAllConnections());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const sent = new Webhook({ url: `http://127.0.0.1:${port}/`, secret: SECRET }, 50).send(message, never);
    await expect(sent).rejects.toThrow(/did not take the alert: TimeoutError/);
  });
});

describe('a message', () => {
  const begun: Change = { state: 'firing', at: 1_000, since: 1_000, sentence: 'a < b & c', count: 1 };
  const alert: Alert = {
    id: 'ledger-behind',
    kind: 'ledger-behind',
    state: 'firing',
    since: 1_000,
    sentence: 'a < b & c',
    app: undefined,
    step: undefined,
    missing: [],
    count: 1,
    flow: undefined,
    untold: [begun],
  };

  it('has one id for one change, and another one for its end, its next beginning, and another environment', () => {
    const idOf = (change: Partial<Change>, prefix = '') =>
      messageOf(alert, { ...begun, ...change }, prefix).id;
    expect(idOf({})).toBe(idOf({ at: 5_000, sentence: 'told later' }));
    const ids = [idOf({}), idOf({ state: 'resolved' }), idOf({ since: 2_000 }), idOf({}, 'test')];
    expect(new Set(ids).size).toBe(4);
  });

  it('has a text for chats, in which no sign means anything', () => {
    const { body } = messageOf(alert, begun, 'test');
    expect(body).toMatchObject({ text: '🔴 [test] a &lt; b &amp; c', data: { environment: 'test' } });
  });

  it('says how long it lasted when it is over', () => {
    const { body } = messageOf(alert, { ...begun, state: 'resolved', at: 4_000 }, '');
    expect(body).toMatchObject({
      type: 'alert.resolved',
      text: expect.stringContaining('Over after 3.0 s'),
      data: { since: '1970-01-01T00:00:01.000Z', endedAt: '1970-01-01T00:00:04.000Z' },
    });
  });
});

describe('the environment', () => {
  const url = 'https://alerts.example/hook';
  const read = (TROUPE_WEBHOOK_URL?: string, TROUPE_WEBHOOK_SECRET?: string) =>
    readWebhook({ TROUPE_WEBHOOK_URL, TROUPE_WEBHOOK_SECRET });

  it('names both or none', () => {
    expect(read()).toBeUndefined();
    expect(read('', ' ')).toBeUndefined();
    expect(read(url, SECRET)).toEqual({ url, secret: SECRET });
    expect(() => read(url)).toThrow(/^TROUPE_WEBHOOK_SECRET must be set too/);
    expect(() => read(undefined, SECRET)).toThrow(/^TROUPE_WEBHOOK_URL must be set too/);
  });

  it.each(['alerts.example', 'ftp://alerts.example', 'https://ada:secret@alerts.example/'])(
    'is refused with the address %s',
    (address) => expect(() => read(address, SECRET)).toThrow(SettingError),
  );

  it.each([
    'secret',
    'whsec_',
    'whsec_c2hvcnQ=',
    `whsec_${'A'.repeat(100)}`,
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ])('is refused with the secret %s, which it does not repeat', (secret) => {
    expect(() => read(url, secret)).toThrow(SettingError);
    expect(() => read(url, secret)).not.toThrow(new RegExp(`"${secret}"`));
  });
});
