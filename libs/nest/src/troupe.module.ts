import {
  type DynamicModule,
  Inject,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import {
  Producer,
  Runtime,
  type RuntimeOptions,
  registeredLogger,
  type StepDefinition,
  serviceOf,
  silentLogger,
} from '@troupe/jetstream';
import { HealthController } from './health.controller.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { TROUPE_OPTIONS, type TroupeOptions } from './options.ts';
import { nestRuntimeLog } from './runtime-log.ts';
import { readSettings, type Settings, TROUPE_SETTINGS } from './settings.ts';
import { StepDiscovery } from './steps/discovery.ts';
import { StepsModule } from './steps/steps.module.ts';

const DEFAULT_GRACE_MS = 10_000;

/** Starts the runtime when the app is up, without waiting for the broker, and stops it when the app stops. */
@Injectable()
class RuntimeLifetime implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger('Troupe');

  constructor(
    private readonly runtime: Runtime,
    @Inject(TROUPE_OPTIONS) private readonly options: TroupeOptions,
    @Inject(TROUPE_SETTINGS) private readonly settings: Settings,
  ) {}

  /** HTTP answers at once: alive, and not ready until the runtime is. */
  onApplicationBootstrap(): void {
    this.runtime.start().catch((error: Error) => {
      // Nothing to wait for: a person must change the broker or this build.
      this.#log.fatal(error.message);
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    });
  }

  /** Steps stop pulling at once, while HTTP requests under way still publish. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.runtime.drain(this.#graceMs);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.stop(this.#graceMs);
  }

  get #graceMs(): number {
    return this.settings.shutdownGraceMs ?? this.options.shutdownGraceMs ?? DEFAULT_GRACE_MS;
  }
}

/**
 * Makes a Nest app a part of the system: finds its steps, connects it, creates or verifies its topology, answers
 * `/health/live` and `/health/ready`, and answers errors of HTTP handlers as problem details. Gives `Runtime` and `Producer` to the app's providers.
 */
@Module({})
export class TroupeModule {
  /** @throws SettingError, StepDefinitionError, ContractDefinitionError when the app is made: it must not run */
  static forRoot(options: TroupeOptions): DynamicModule {
    return {
      module: TroupeModule,
      global: true,
      imports: [StepsModule, TerminusModule],
      controllers: [HealthController],
      providers: [
        { provide: TROUPE_OPTIONS, useValue: options },
        { provide: TROUPE_SETTINGS, useFactory: () => readSettings(process.env) },
        {
          provide: Runtime,
          inject: [TROUPE_SETTINGS, StepDiscovery],
          useFactory: (settings: Settings, discovery: StepDiscovery) =>
            new Runtime(runtimeOptions(options, settings, discovery.steps())),
        },
        { provide: Producer, inject: [Runtime], useFactory: (runtime: Runtime) => runtime.producer },
        RuntimeLifetime,
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [Runtime, Producer],
    };
  }
}

function runtimeOptions(
  options: TroupeOptions,
  settings: Settings,
  steps: readonly StepDefinition[],
): RuntimeOptions {
  const { shutdownGraceMs: _, ...given } = options;
  const { servers, prefix, topology } = settings;
  const registered = registeredLogger();
  return {
    log: registered === silentLogger ? nestRuntimeLog(options.app) : registered,
    ...given,
    version: options.version ?? serviceOf(process.argv[1], process.env)?.version ?? '0.0.0',
    connection: { ...options.connection, ...(servers !== undefined && { servers }) },
    ...(prefix !== undefined && { prefix }),
    ...(topology !== undefined && { topology }),
    steps,
  };
}
