import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Header, Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ProblemException } from '@troupe/nest';
import { PAGE_FOLDER } from './folder.ts';

/** Nothing from elsewhere, nothing that stands in the page itself, and no other page around it. */
const POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The page itself, whichever of its views an address names. */
@Controller()
@ApiExcludeController()
export class PageController implements OnApplicationBootstrap {
  readonly #log = new Logger(PageController.name);
  readonly #index: string;

  constructor(@Inject(PAGE_FOLDER) folder: string) {
    this.#index = join(folder, 'index.html');
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#read().catch(({ message }: ProblemException) => this.#log.warn(message));
  }

  /** Read when it is asked for: it may be built, or built anew, while the console runs. */
  @Get(['/', 'ui', 'ui/*'])
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'same-origin')
  @Header('cache-control', 'no-cache')
  index(): Promise<string> {
    return this.#read();
  }

  async #read(): Promise<string> {
    try {
      return await readFile(this.#index, 'utf8');
    } catch {
      throw new ProblemException(
        503,
        'The page of the console is not built: npm run build does that. The API answers without it: /docs.',
      );
    }
  }
}
