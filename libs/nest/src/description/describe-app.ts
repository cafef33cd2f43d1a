import type { Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer, NestFactory } from '@nestjs/core';
import { type CompiledContract, contractOf } from '@troupe/contract';
import {
  assertDeclaration,
  type DeclaredStep,
  declaredStep,
  type StepDefinition,
  StepDefinitionError,
  stepName,
} from '@troupe/jetstream';
import { type DeclaredFlow, FlowDiscovery } from '../flows/discovery.ts';
import { TROUPE_OPTIONS, type TroupeOptions } from '../options.ts';
import { StepDiscovery } from '../steps/discovery.ts';
import { Enhancers } from '../steps/enhancers.ts';

/** An app as its code declares it. */
export interface AppDescription {
  readonly app: string;
  /** What it sends outside of steps. */
  readonly produces: readonly CompiledContract[];
  readonly steps: readonly StepDescription[];
  readonly flows: readonly FlowDescription[];
}

/** A step as its code declares it. */
export interface StepDescription extends DeclaredStep {
  /** Durable name `<app>__<step>`. */
  readonly name: string;
}

/** A flow as its code declares it. */
export interface FlowDescription {
  readonly starts: CompiledContract;
  readonly ends: readonly CompiledContract[];
  /** How long it may take, when it declares that. */
  readonly within?: string;
}

/**
 * Lists what an app sends, consumes and opens, from its module alone: no provider is made, nothing connects, no
 * environment variable is read. For tools: Nest's own log is silent in this process afterwards.
 *
 * @param module imports `TroupeModule.forRoot`
 * @throws StepDefinitionError, FlowDefinitionError, ContractDefinitionError as the app itself would when it starts
 */
export async function describeApp(module: Type): Promise<AppDescription> {
  const preview = await NestFactory.createApplicationContext(module, {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  const modules = preview.get(ModulesContainer);
  const discovery = new DiscoveryService(modules);
  const options = optionsIn(discovery, module);
  const { app, produces = [] } = options;
  const steps = new StepDiscovery(discovery, new MetadataScanner(), new Enhancers(modules)).steps();
  assertDeclaration({ ...options, version: options.version ?? '0.0.0', steps });
  return {
    app,
    produces: produces.map(contractOf),
    steps: steps.map((step) => stepOf(app, step)),
    flows: new FlowDiscovery(discovery).flows(produces, steps).map(flowOf),
  };
}

function optionsIn(discovery: DiscoveryService, { name }: Type): TroupeOptions {
  const [found, ...others] = discovery.getProviders().filter(({ token }) => token === TROUPE_OPTIONS);
  if (found !== undefined && others.length === 0) return found.instance as TroupeOptions;
  const often = found === undefined ? 'nowhere' : 'more than once';
  throw new StepDefinitionError(
    `${name} imports TroupeModule.forRoot ${often}: an app imports it once, in its root module.`,
  );
}

function stepOf(app: string, step: StepDefinition): StepDescription {
  return { ...declaredStep(step), name: stepName(app, step.name) };
}

function flowOf({ starts, ends, within }: DeclaredFlow): FlowDescription {
  return { starts: contractOf(starts), ends: ends.map(contractOf), ...(within !== undefined && { within }) };
}
