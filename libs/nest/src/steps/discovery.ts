import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { type StepDefinition, StepDefinitionError, type StepHandler } from '@troupe/jetstream';
import { Enhancers } from './enhancers.ts';
import { declaredStep } from './step.ts';

/** Finds the steps of an app: the methods with `@Step` of its providers and controllers. */
@Injectable()
export class StepDiscovery {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly enhancers: Enhancers,
  ) {}

  /** @throws StepDefinitionError for a step of a provider that is made anew for each request */
  steps(): StepDefinition[] {
    const wrappers = new Set([...this.discovery.getProviders(), ...this.discovery.getControllers()]);
    const seen = new Set<object>();
    return [...wrappers].flatMap((wrapper) => {
      const prototype = prototypeOf(wrapper);
      // A provider that several modules list, or that another token aliases, is found more than once.
      if (prototype === undefined || seen.has(prototype)) return [];
      const steps = this.#stepsOf(wrapper, prototype);
      if (steps.length > 0) seen.add(prototype);
      return steps;
    });
  }

  #stepsOf(wrapper: InstanceWrapper, prototype: object): StepDefinition[] {
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const declared = declaredStep(prototype, method);
      if (declared === undefined) return [];
      const declaredAt = `${prototype.constructor.name}.${method}`;
      if (!wrapper.isDependencyTreeStatic()) {
        throw new StepDefinitionError(
          `Step ${declaredAt} belongs to a provider that is made for each request, and a step has none. Make the provider and what it depends on singletons.`,
        );
      }
      return [{ ...declared, declaredAt, handle: this.#handler(wrapper, method) }];
    });
  }

  /** The instance is asked for at the first message: when steps are looked for, it need not be made yet. */
  #handler(wrapper: InstanceWrapper, method: string): StepHandler {
    let handler: StepHandler | undefined;
    return (message, context) => {
      handler ??= this.enhancers.handler(wrapper.instance as Record<string, StepHandler>, method);
      return handler(message, context);
    };
  }
}

function prototypeOf({ metatype, instance, isAlias }: InstanceWrapper): object | undefined {
  if (isAlias) return undefined;
  if (typeof metatype === 'function' && metatype.prototype instanceof Object) return metatype.prototype;
  return typeof instance === 'object' && instance !== null ? Object.getPrototypeOf(instance) : undefined;
}
