import { Injectable } from '@nestjs/common';
import { ExternalContextCreator, ModulesContainer, type NestContainer } from '@nestjs/core';
import { StepDefinitionError, type StepHandler } from '@troupe/jetstream';

/** `ExecutionContext.getType()` in guards, interceptors and filters of a step; arguments: message and context. */
export const CONTEXT_TYPE = 'troupe';

/** Where Nest's decorators leave what is bound to a class or a method. */
const FILTERS = '__exceptionFilters__';
const BOUND = ['__guards__', '__interceptors__', FILTERS];
const PIPES = '__pipes__';

/**
 * Runs guards, interceptors and filters that are bound to a step or its class. Global ones are not run: they are made
 * for HTTP. A step without any is called directly, since the wrapper costs microseconds.
 */
@Injectable()
export class Enhancers {
  readonly #contexts: ExternalContextCreator;

  constructor(modules: ModulesContainer) {
    // All that is used of a container are its modules and its configuration, which holds the global enhancers.
    const container = { getModules: () => modules } as unknown as NestContainer;
    this.#contexts = ExternalContextCreator.fromContainer(container);
  }

  /** @throws StepDefinitionError for pipes, which would be skipped in silence */
  assertBindable(prototype: object, method: string, declaredAt: string): void {
    if (!isBound([PIPES], prototype, method)) return;
    throw new StepDefinitionError(
      `Step ${declaredAt} has pipes: a step's message is held against its contract instead. Remove @UsePipes.`,
    );
  }

  handler(instance: Record<string, StepHandler>, method: string): StepHandler {
    const handle = instance[method] as StepHandler;
    if (!isBound(BOUND, instance, method)) return handle.bind(instance);
    const callback = handle as (...args: unknown[]) => unknown;
    // Without filters of the step, Nest's own would log every error once more and throw it again.
    const options = { guards: true, interceptors: true, filters: isBound([FILTERS], instance, method) };
    const none = undefined;
    return this.#contexts.create(instance, callback, method, none, none, none, none, options, CONTEXT_TYPE);
  }
}

function isBound(keys: readonly string[], host: object, method: string): boolean {
  const targets = [host.constructor, (host as Record<string, object>)[method] as object];
  return targets.some((target) => keys.some((key) => Reflect.hasMetadata(key, target)));
}
