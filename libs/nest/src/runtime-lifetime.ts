import type { Server } from 'node:http';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { TroupeError } from '@troupe/contract';
import { Runtime } from '@troupe/jetstream';
import { TROUPE_OPTIONS, type TroupeOptions } from './options.ts';
import { type Settings, TROUPE_SETTINGS } from './settings.ts';
import { StepDiscovery } from './steps/discovery.ts';

const DEFAULT_GRACE_MS = 10_000;
const IDLE_CHECK_MS = 50;

/** Starts the runtime when the app is up, without waiting for the broker, and stops it when the app stops. */
@Injectable()
export class RuntimeLifetime
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #log = new Logger('Troupe');
  readonly #graceMs: number;
  #drained: Promise<void> | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly steps: StepDiscovery,
    private readonly host: HttpAdapterHost,
    @Inject(TROUPE_OPTIONS) options: TroupeOptions,
    @Inject(TROUPE_SETTINGS) settings: Settings,
  ) {
    this.#graceMs = settings.shutdownGraceMs ?? options.shutdownGraceMs ?? DEFAULT_GRACE_MS;
  }

  /**
   * HTTP answers at once: alive, and not ready until the runtime is. A start that fails for good is logged; whoever
   * runs the process ends it.
   */
  onApplicationBootstrap(): void {
    this.steps.assertHosts();
    this.runtime.start().catch((error: unknown) => this.#log.fatal(sentenceOf(error)));
  }

  /**
   * From now on the app is not ready, takes no more requests, and its steps no more messages. Resolves when those
   * under way are done: within the grace period, then they are cut off. What they publish is still stored.
   */
  drain(): Promise<void> {
    this.#drained ??= Promise.all([this.runtime.drain(this.#graceMs), this.#closeHttp()]).then(() => {});
    return this.#drained;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.stop(this.#graceMs);
  }

  async #closeHttp(): Promise<void> {
    const adapter = this.host.httpAdapter;
    if (adapter === undefined) return;
    const server: Partial<Server> = adapter.getHttpServer();
    // A client keeps its connection after the last answer; waiting for it to let go would take the whole grace period.
    const idle = setInterval(() => server.closeIdleConnections?.(), IDLE_CHECK_MS);
    const late = setTimeout(() => server.closeAllConnections?.(), this.#graceMs);
    await adapter.close();
    clearInterval(idle);
    clearTimeout(late);
  }
}

/** What a person is told of an error that ends the app. */
export function sentenceOf(error: unknown): string {
  if (error instanceof TroupeError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
