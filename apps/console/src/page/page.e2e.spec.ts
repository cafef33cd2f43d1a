import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { closeApp, createApp } from '@troupe/nest';
import { startBroker, type TestBroker } from '@troupe/testing';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ConsoleModule } from '../console.module.ts';
import { Shop } from '../shop.spec.support.ts';
import { CHROMIUM, NO_CHROMIUM, openBrowser, openPage, type Watched } from './browser.spec.support.ts';
import { buildPage, ROOT } from './built.spec.support.ts';
import { servePage } from './serve.ts';

/** The ledger follows the broker a moment behind, the page the ledger, and the watchdog looks every five seconds. */
const WAIT = { timeout: 25_000 };

let broker: TestBroker;
let shop: Shop;
let app: NestFastifyApplication;
let url: string;
let browser: Browser;
let watched: Watched;
let page: Page;

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  await buildPage();
  broker = await startBroker();
  shop = await Shop.on(broker);
  vi.stubEnv('NATS_URL', broker.url);
  vi.stubEnv('TROUPE_DATA', 'memory');
  vi.stubEnv('TROUPE_TRACE_URL', 'https://traces.example/trace/{traceId}');
  vi.stubEnv('TROUPE_CHOREOGRAPHY', join(ROOT, 'choreography.lock'));
  await startConsole(0);
  url = await app.getUrl();
  browser = await openBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await (app && closeApp(app));
  await shop?.close();
  await broker?.stop();
  vi.unstubAllEnvs();
});

beforeEach(async ({ skip }) => {
  skip(CHROMIUM === undefined, NO_CHROMIUM);
  watched = await openPage(browser);
  page = watched.page;
});

afterEach(async () => {
  if (CHROMIUM === undefined) return;
  await page.context().close();
  expect(watched.complaints).toEqual([]);
});

it('answers where an order is, by keyboard alone, with one sentence and all that became of it', async () => {
  const { flowId } = await shop.order('o-1', 'tok_declined');
  await page.goto(url);
  await page.locator(':focus').waitFor();
  await page.keyboard.type('o-1');
  await page.keyboard.press('Enter');
  await says('Order o-1 is completed: payment.declined.v1');
  expect(page.url()).toBe(`${url}/ui/where?key=o-1`);
  expect(await linesOf(page)).toEqual([
    expect.stringMatching(/^1 order\.placed\.v1 \+0 ms EVENTS\/\d+$/),
    expect.stringMatching(/^2 notifications\/notify ✓ done within \d/),
    expect.stringMatching(/^2 payments\/authorize ✓ done within \d/),
    expect.stringMatching(/^3 payment\.declined\.v1 \+\d/),
    expect.stringMatching(/^4 notifications\/notify ✓ done within \d/),
  ]);
  await page.getByText(flowId, { exact: true }).waitFor();
  const trace = page.getByRole('link', { name: /^[\da-f]{32}$/ });
  expect(await trace.getAttribute('href')).toMatch(/^https:\/\/traces\.example\/trace\/[\da-f]{32}$/);
});

it('shows a flow as it goes on, without being asked again', async () => {
  await shop.order('o-2', 'tok_slow');
  await page.goto(`${url}/ui/where?key=o-2`);
  await says('Order o-2 is in the hands of payments');
  await page.evaluate('window.isTheSame = true');
  shop.release();
  await says('Order o-2 is completed');
  expect(await page.evaluate('window.isTheSame')).toBe(true);
});

it('tells why an order failed, and of the alert that leads there', async () => {
  await shop.order('o-3', 'tok_broken');
  await page.goto(url);
  const alert = page.getByRole('listitem').filter({ hasText: 'dead-letter-group' });
  await alert.getByText('payments__authorize').waitFor(WAIT);
  await alert.getByRole('link', { name: 'A flow that it concerns' }).click();
  await page.getByText('✕ dead-lettered').waitFor(WAIT);
  await page.getByText(/^terminal-error, dead letter \d+, .+ ago, no such card$/).waitFor();
});

it('says that nothing is known of an id, and what it is as soon as something is', async () => {
  await page.goto(`${url}/ui/where?key=o-4`);
  await page.getByText('Nothing is known of o-4: searched flow ids').waitFor(WAIT);
  await page.getByText('Check the id.').waitFor();
  await shop.order('o-4', 'tok_declined');
  await says('Order o-4 is completed');
});

it('shows what a message says, without what is sensitive', async () => {
  await shop.order('o-5', 'tok_declined');
  await page.goto(`${url}/ui/where?key=o-5`);
  await page.getByRole('button', { name: /^order\.placed\.v1/ }).click();
  await page.getByText('"paymentToken": "***"').waitFor(WAIT);
  expect(await page.content()).not.toMatch(/ada@example\.com|tok_declined/);
});

it('lists several flows that a key leads to', async () => {
  const { flowId } = await shop.order('o-6', 'tok_declined');
  await shop.order('o-7', 'tok_declined', 'o-6');
  await page.goto(`${url}/ui/where?key=o-6`);
  await page.getByRole('heading', { name: 'It leads to 1 more' }).waitFor(WAIT);
  const other = page.getByRole('listitem').filter({ hasText: 'found by message id, orderId' });
  await other.getByRole('link', { name: flowId }).click();
  await says(`Flow ${flowId} is completed`);
});

it('lists flows by state and type, a page at a time', async () => {
  for (let n = 0; n < 55; n++) await shop.order(`p-${n}`, 'tok_declined');
  const { flowId } = await shop.order('p-99', 'tok_broken');
  await page.goto(`${url}/ui/flows`);
  await page.getByLabel('State').selectOption('failed');
  await page.getByText(`Flow ${flowId} failed`).waitFor(WAIT);
  expect(page.url()).toBe(`${url}/ui/flows?state=failed`);
  await page.goto(`${url}/ui/flows?type=order.placed.v1`);
  await page.getByRole('link', { name: 'Older flows' }).click();
  await page.getByRole('link', { name: 'Youngest flows' }).waitFor(WAIT);
  await page.goto(`${url}/ui/flows?state=lost`);
  await page.getByText('none is "lost"').waitFor(WAIT);
});

it('lists the steps, those that run and those that nobody runs', async () => {
  await page.goto(`${url}/ui/steps`);
  await page.getByRole('rowheader', { name: 'payments/authorize 1 instance' }).waitFor(WAIT);
  const short = page.locator('[id="inventory__reserve"]');
  await short.getByText('no consumer: nobody takes it').waitFor(WAIT);
});

it('says that the console is away, shows what it knew, and goes on when it is back', async () => {
  await shop.order('o-8', 'tok_slow');
  await page.goto(`${url}/ui/where?key=o-8`);
  await says('Order o-8 is in the hands of payments');
  await closeApp(app);
  await page.getByText('The console does not answer.').waitFor(WAIT);
  await page.getByText('Shown is what it said at').waitFor();
  await says('Order o-8 is in the hands of payments');
  shop.release();
  await startConsole(Number(new URL(url).port));
  await says('Order o-8 is completed');
  expect(await page.getByText('The console does not answer.').count()).toBe(0);
});

it('says why an answer is older than it should be, as long as it is', async () => {
  await page.route('**/flows?*', async (route) => {
    const answer = await route.fetch();
    const json = { ...((await answer.json()) as object), problem: 'The broker is away.' };
    await route.fulfill({ response: answer, json });
  });
  await page.goto(`${url}/ui/flows`);
  await page.getByText('This is older than it should be: The broker is away.').waitFor(WAIT);
  await page.unroute('**/flows?*');
  await page.getByRole('alert').waitFor({ ...WAIT, state: 'detached' });
});

it('says that the ledger is not open yet', async () => {
  vi.stubEnv('NATS_URL', 'nats://127.0.0.1:1');
  const early = await createApp(ConsoleModule, { configure: servePage });
  vi.stubEnv('NATS_URL', broker.url);
  await early.listen(0, '127.0.0.1');
  await page.goto(`${await early.getUrl()}/ui/where?key=o-1`);
  await page.getByText('The ledger is not open yet: it waits for the broker.').waitFor(WAIT);
  await page.getByText('Nothing is to be done here, unless this lasts').waitFor();
  await closeApp(early);
});

it('takes what a stranger wrote for text, and stays as wide as the window', async () => {
  const hostile = `<img src=x onerror="document.title='taken'">${'x'.repeat(300)}`;
  await shop.order('o-10', 'tok_declined', hostile);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${url}/ui/where?key=${encodeURIComponent(hostile)}`);
  await says(hostile);
  expect(await page.locator('img').count()).toBe(0);
  for (const path of [
    `/ui/where?key=${encodeURIComponent(hostile)}`,
    '/',
    '/ui/flows',
    '/ui/steps',
    '/ui/alerts',
  ]) {
    await page.goto(url + path);
    await page.getByText('Everything stored before').waitFor(WAIT);
    expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(360);
  }
});

it.each(['light', 'dark'] as const)('can be read by everybody, in %s colours', async (colours) => {
  await shop.order('o-9', 'tok_broken');
  const { page: coloured } = await openPage(browser, colours);
  for (const path of [
    '/',
    '/ui/where?key=o-9',
    '/ui/where?key=o-99',
    '/ui/flows',
    '/ui/steps',
    '/ui/alerts',
  ]) {
    await coloured.goto(url + path);
    await coloured.getByText(/Everything stored before|Check the id/).waitFor(WAIT);
    expect(await violationsOf(coloured), path).toEqual([]);
  }
  await coloured.context().close();
});

async function startConsole(port: number): Promise<void> {
  app = await createApp(ConsoleModule, { configure: servePage });
  await app.listen(port, '127.0.0.1');
}

function says(sentence: string): Promise<void> {
  return page.getByRole('heading', { name: sentence }).waitFor(WAIT);
}

/** The lines of the flow that is shown, each behind its level. */
async function linesOf(shown: Page): Promise<string[]> {
  const lines = await shown.getByRole('list', { name: 'Messages and steps' }).getByRole('listitem').all();
  return Promise.all(
    lines.map(async (line) => `${await line.getAttribute('aria-level')} ${await line.textContent()}`),
  );
}

/** What axe-core finds that keeps somebody from using the page. */
async function violationsOf(shown: Page): Promise<unknown[]> {
  await shown.evaluate(axe.source);
  const { violations } = (await shown.evaluate('axe.run()')) as axe.AxeResults;
  return violations.map(({ id, nodes }) => ({
    id,
    at: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  }));
}
