import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PAGE_FOLDER } from './folder.ts';

/** Serves what the page is made of. Its files are named by their content: a browser asks for each once. */
export async function servePageFiles(app: NestFastifyApplication): Promise<void> {
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
