import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { isContract } from '@troupe/contract';
import { type Effects, type StepDefinition, StepDefinitionError, type StepHandler } from '@troupe/jetstream';
import { classStep } from './class-step.ts';
import { Enhancers } from './enhancers.ts';
import { InjectedEffects } from './injected-effects.ts';
import { type DeclaredStep, declaredStep, type EffectsClass } from './step.ts';

/**
 * Finds the steps of an app: the methods with `@Step` of its providers and controllers, and the providers that are steps
 * as a whole. They are read from classes, since the runtime is made, and can be injected, before all instances are.
 */
@Injectable()
export class StepDiscovery {
  /** One for each class, whatever the number of its steps: the runtime opens and closes each once. */
  readonly #effects = new Map<EffectsClass<unknown>, Effects>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly enhancers: Enhancers,
  ) {}

  /** @throws StepDefinitionError for a step that could never run as it is declared */
  steps(): StepDefinition[] {
    return [...this.#hosts().values()].flatMap((host) => [
      ...this.#ofClass(host.prototype.constructor),
      ...this.#declaredBy(host.prototype).map(({ method, declaredAt, declared }) => {
        assertContracts(declaredAt, declared);
        this.enhancers.assertBindable(host.prototype, method, declaredAt);
        const { effects, ...rest } = declared;
        const handle = this.#handler(host.wrapper, method);
        if (effects === undefined) return { ...rest, declaredAt, handle };
        return { ...rest, declaredAt, handle, effects: this.#effectsOf(effects, declaredAt) };
      }),
    ]);
  }

  /**
   * Called when all instances are made, which tells what classes did not.
   * @throws StepDefinitionError for steps of what is not a singleton, or was made by a factory
   */
  assertHosts(): void {
    const hosts = this.#hosts();
    for (const wrapper of this.#wrappers()) {
      const { instance, isFactory } = wrapper;
      const prototype = hosts.has(wrapper.metatype) ? wrapper.metatype?.prototype : prototypeOf(instance);
      if (prototype === undefined) continue;
      const [step] = [...this.#ofClass(prototype.constructor), ...this.#declaredBy(prototype)];
      if (step === undefined) continue;
      if (isFactory) {
        throw new StepDefinitionError(
          `Step ${step.declaredAt} belongs to a provider that a factory makes: its steps are not known in time. Provide the class itself.`,
        );
      }
      if (wrapper.isTransient || !wrapper.isDependencyTreeStatic()) {
        throw new StepDefinitionError(
          `Step ${step.declaredAt} belongs to a provider that is made anew for each request, and a step has none. Make the provider and what it depends on singletons.`,
        );
      }
    }
  }

  #ofClass(cls: { readonly name: string }): StepDefinition[] {
    const step = classStep(cls);
    if (step === undefined) return [];
    const declaredAt = step.declaredAt ?? cls.name;
    assertContracts(declaredAt, step);
    return [{ ...step, declaredAt }];
  }

  #wrappers(): InstanceWrapper[] {
    return [...this.discovery.getProviders(), ...this.discovery.getControllers()].filter(
      ({ isAlias }) => !isAlias,
    );
  }

  /** By class: one that several modules list has its steps once. */
  #hosts(): Map<unknown, { wrapper: InstanceWrapper; prototype: object }> {
    const hosts = new Map<unknown, { wrapper: InstanceWrapper; prototype: object }>();
    for (const wrapper of this.#wrappers()) {
      if (wrapper.isFactory) continue;
      const prototype: unknown = wrapper.metatype?.prototype ?? prototypeOf(wrapper.instance);
      if (typeof prototype !== 'object' || prototype === null || hosts.has(prototype.constructor)) continue;
      hosts.set(prototype.constructor, { wrapper, prototype });
    }
    return hosts;
  }

  #declaredBy(prototype: object): { method: string; declaredAt: string; declared: DeclaredStep }[] {
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const declared = declaredStep(prototype, method);
      return declared === undefined
        ? []
        : [{ method, declaredAt: `${prototype.constructor.name}.${method}`, declared }];
    });
  }

  #effectsOf(effects: EffectsClass<unknown>, declaredAt: string): Effects {
    const wrapper = this.discovery.getProviders().find(({ token }) => token === effects);
    if (wrapper === undefined) {
      throw new StepDefinitionError(
        `Step ${declaredAt} keeps its effects in ${effects.name}, which no module provides. Import ${effects.name}Module.forRoot in the root module.`,
      );
    }
    const known = this.#effects.get(effects) ?? new InjectedEffects(wrapper);
    this.#effects.set(effects, known);
    return known;
  }

  #handler(wrapper: InstanceWrapper, method: string): StepHandler {
    let handler: StepHandler | undefined;
    return (message, context, transaction) => {
      handler ??= this.enhancers.handler(wrapper.instance as Record<string, StepHandler>, method);
      return handler(message, context, transaction);
    };
  }
}

function prototypeOf(instance: unknown): object | undefined {
  return typeof instance === 'object' && instance !== null
    ? (Object.getPrototypeOf(instance) ?? undefined)
    : undefined;
}

/** Files that import one another in a circle leave a contract undefined; that is found here, not at the first message. */
function assertContracts(declaredAt: string, { on, emits }: Pick<DeclaredStep, 'on' | 'emits'>): void {
  for (const [list, contracts] of [
    ['on', on],
    ['emits', emits],
  ] as const) {
    if (!Array.isArray(contracts)) throw new StepDefinitionError(`Step ${declaredAt} has no "${list}".`);
    for (const contract of contracts) {
      if (isContract(contract)) continue;
      const name = typeof contract === 'function' ? (contract as { name: string }).name : String(contract);
      throw new StepDefinitionError(
        `Step ${declaredAt} names ${name} in "${list}", which has no @Contract${contract === undefined ? ' (undefined: do two files import one another?)' : ''}.`,
      );
    }
  }
}
