import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, ModulesContainer } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import {
  Producer,
  Runtime,
  type RuntimeOptions,
  registeredLogger,
  type StepDefinition,
  StepDefinitionError,
  serviceOf,
  silentLogger,
} from '@troupe/jetstream';
import { FlowDiscovery } from './flows/discovery.ts';
import { HealthController } from './health.controller.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { TROUPE_OPTIONS, type TroupeOptions } from './options.ts';
import { RuntimeLifetime } from './runtime-lifetime.ts';
import { nestRuntimeLog } from './runtime-log.ts';
import { connectionOf, readSettings, type Settings, TROUPE_SETTINGS } from './settings.ts';
import { StepDiscovery } from './steps/discovery.ts';
import { StepsModule } from './steps/steps.module.ts';

/**
 * Makes a Nest app a part of the system: finds its steps, connects it, creates or verifies its topology, answers
 * `/health/live` and `/health/ready`, and answers errors of HTTP handlers as problem details. Gives `Runtime` and
 * `Producer` to the app's providers.
 */
@Module({})
export class TroupeModule {
  constructor(modules: ModulesContainer) {
    const imported = [...modules.values()].filter(({ metatype }) => metatype === TroupeModule);
    if (imported.length > 1) {
      throw new StepDefinitionError(
        'TroupeModule.forRoot is imported more than once: each would run every step. Keep the one in the root module.',
      );
    }
  }

  /** @throws SettingError, StepDefinitionError, FlowDefinitionError, ContractDefinitionError when the app is made: it must not run */
  static forRoot(options: TroupeOptions): DynamicModule {
    return {
      module: TroupeModule,
      global: true,
      // A probe that fails every second is told in its answer, and by the runtime in the log, once.
      imports: [StepsModule, TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        { provide: TROUPE_OPTIONS, useValue: options },
        { provide: TROUPE_SETTINGS, useFactory: () => readSettings(process.env) },
        {
          provide: Runtime,
          inject: [TROUPE_OPTIONS, TROUPE_SETTINGS, StepDiscovery, FlowDiscovery],
          useFactory: (
            given: TroupeOptions,
            settings: Settings,
            discovery: StepDiscovery,
            flows: FlowDiscovery,
          ) => {
            const steps = discovery.steps();
            flows.flows(given.produces, steps); // a wrong one is told now, not by whoever watches it
            return new Runtime(runtimeOptions(given, settings, steps));
          },
        },
        { provide: Producer, inject: [Runtime], useFactory: (runtime: Runtime) => runtime.producer },
        RuntimeLifetime,
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [Runtime, Producer, TROUPE_OPTIONS, TROUPE_SETTINGS],
    };
  }
}

function runtimeOptions(
  options: TroupeOptions,
  settings: Settings,
  steps: readonly StepDefinition[],
): RuntimeOptions {
  const { shutdownGraceMs: _, ...given } = options;
  const { apiPrefix, prefix, topology, replicas, streams = options.streams } = settings;
  const consoleUrl = settings.ledgerUrl ?? settings.consoleUrl;
  const registered = registeredLogger();
  return {
    log: registered === silentLogger ? nestRuntimeLog(options.app) : registered,
    ...given,
    version: options.version ?? serviceOf(process.argv[1], process.env)?.version ?? '0.0.0',
    connection: { ...options.connection, ...connectionOf(settings) },
    ...(apiPrefix !== undefined && { apiPrefix }),
    ...(prefix !== undefined && { prefix }),
    ...(topology !== undefined && { topology }),
    ...(consoleUrl !== undefined && { consoleUrl }),
    streams: { ...streams, ...(replicas !== undefined && { replicas }) },
    steps,
  };
}
