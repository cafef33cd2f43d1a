import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { closeApp, createApp, ProblemException } from '@troupe/nest';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { ConsoleModule } from '../console.module.ts';
import { buildPage } from './built.spec.support.ts';
import { PageController } from './page.controller.ts';
import { servePage } from './serve.ts';

let app: NestFastifyApplication;

beforeAll(async () => {
  await buildPage();
  vi.stubEnv('NATS_URL', 'nats://127.0.0.1:1');
  vi.stubEnv('TROUPE_DATA', 'memory');
  app = await createApp(ConsoleModule, { configure: servePage });
  await app.init();
}, 60_000);
afterAll(async () => {
  await closeApp(app);
  vi.unstubAllEnvs();
});

it.each(['/', '/ui', '/ui/where?key=o-1', '/ui/whatever/comes'])(
  'answers %s with the page, which the browser asks for again each time, and which loads nothing from elsewhere',
  async (url) => {
    const { statusCode, headers, body } = await app.inject({ url });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': expect.stringMatching(/^default-src 'self';/),
      'x-content-type-options': 'nosniff',
    });
    expect(body).toContain('<div id="page">');
    for (const [, address] of body.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(address).toMatch(/^\/ui\/assets\//);
  },
);

it('leads a browser from the address of a flow to the page, and no program', async () => {
  const url = '/flows/a%2Bb%20c%2Fd';
  const browser = await app.inject({ url, headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
  expect(browser.statusCode).toBe(302);
  expect(browser.headers).toMatchObject({ location: '/ui/where?key=a%2Bb%20c%2Fd', vary: 'accept' });
  for (const accept of ['application/json', '*/*', undefined]) {
    const program = await app.inject({ url, headers: accept === undefined ? {} : { accept } });
    expect(program.headers).toMatchObject({
      'content-type': expect.stringContaining('json'),
      vary: 'accept',
    });
  }
});

it('serves what the page is made of once for all, each by its type', async () => {
  const { body } = await app.inject({ url: '/' });
  const addresses = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
  const types = new Set<unknown>();
  for (const url of addresses) {
    const { statusCode, headers } = await app.inject({ url });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    types.add(headers['content-type']);
  }
  expect(types).toEqual(
    new Set(['application/javascript; charset=utf-8', 'text/css; charset=utf-8', 'image/svg+xml']),
  );
});

it.each(['/ui/assets/none.js', '/ui/assets/..%2f..%2fpackage.json', '/nowhere'])(
  'answers %s, which is neither a view nor a file of it, with 404 and problem details',
  async (url) => {
    const { statusCode, headers } = await app.inject({ url });
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
  },
);

it('says what to run, and logs it at the start, when it is not built', async () => {
  const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  onTestFinished(() => void warned.mockRestore());
  const unbuilt = new PageController(import.meta.dirname);
  await unbuilt.onApplicationBootstrap();
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('npm run build'));
  const refusal = await unbuilt.index().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(ProblemException);
  expect((refusal as ProblemException).getStatus()).toBe(503);
});
