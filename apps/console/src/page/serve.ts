import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PAGE_FOLDER } from './folder.ts';

/** Serves what the page is made of, and shows a flow there to whoever follows its address in a browser. */
export async function servePage(app: NestFastifyApplication): Promise<void> {
  await serveFiles(app);
  showFlows(app);
}

/** Its files are named by their content: a browser asks for each once. */
async function serveFiles(app: NestFastifyApplication): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(app.get<string>(PAGE_FOLDER), 'assets'),
    prefix: '/ui/assets/',
    decorateReply: false,
    index: false,
    maxAge: '365d',
    immutable: true,
    setHeaders: (reply) => void reply.header('x-content-type-options', 'nosniff'),
  });
}

/** A flow has one address, in a master status say: a program has its JSON there, and a person the page. */
function showFlows(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async ({ routeOptions, params, headers }, reply) => {
      if (routeOptions.url !== '/flows/:id') return;
      reply.header('vary', 'accept');
      const { id } = params as { readonly id: string };
      if (/^text\/html\b/.test(headers.accept ?? ''))
        await reply.redirect(`/ui/where?key=${encodeURIComponent(id)}`);
    });
}
