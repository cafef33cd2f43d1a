import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium that `CHROMIUM` names, else one where it mostly is; undefined where there is none. */
export const CHROMIUM = [process.env.CHROMIUM ?? '', ...USUAL].find((path) => existsSync(path));

/** How to get one, for whoever has none. */
export const NO_CHROMIUM =
  'there is no Chromium: install it (Debian: apt-get install chromium), or say where it is with CHROMIUM';

/** What the page makes the browser complain of; that an answer is no 200 is the page's to tell, and no complaint. */
export interface Watched {
  readonly page: Page;
  readonly complaints: readonly string[];
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page of a window of its own. */
export async function openPage(browser: Browser, colorScheme: 'light' | 'dark' = 'light'): Promise<Watched> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1_100, height: 800 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (said) => {
    const isOfAnswer = said.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(said.type()) && !isOfAnswer) complaints.push(said.text());
  });
  return { page, complaints };
}
