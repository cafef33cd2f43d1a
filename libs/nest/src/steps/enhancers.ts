import { Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import type { StepHandler } from '@troupe/jetstream';

/** `ExecutionContext.getType()` in guards, interceptors, pipes and filters of a step. */
export const CONTEXT_TYPE = 'troupe';

/** Where Nest's decorators leave guards, interceptors, pipes and filters. */
const BOUND = ['__guards__', '__interceptors__', '__pipes__', '__exceptionFilters__'];

/** Runs Nest's enhancers around a step; one without any is called directly, since the wrapper costs microseconds. */
@Injectable()
export class Enhancers {
  constructor(private readonly contexts: ExternalContextCreator) {}

  handler(instance: Record<string, StepHandler>, method: string): StepHandler {
    const handle = instance[method] as StepHandler;
    if (!isEnhanced(instance, handle)) return handle.bind(instance);
    return this.contexts.create(
      instance as never,
      handle as (...args: unknown[]) => unknown,
      method,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      CONTEXT_TYPE,
    ) as StepHandler;
  }
}

function isEnhanced(instance: object, handle: object): boolean {
  return [instance.constructor, handle].some((target) =>
    BOUND.some((key) => Reflect.hasMetadata(key, target)),
  );
}
