import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import type { Effects, EffectsKey, OutgoingMessage, Outlet } from '@troupe/jetstream';

/** Effects kept by a provider that may not be made yet when the steps are declared. */
export class InjectedEffects implements Effects {
  constructor(private readonly wrapper: InstanceWrapper) {}

  get problem(): string | undefined {
    return this.#effects.problem;
  }

  open(outlet: Outlet): Promise<void> {
    return this.#effects.open(outlet);
  }

  process(
    key: EffectsKey,
    work: (transaction: unknown) => Promise<readonly OutgoingMessage[]>,
  ): Promise<readonly OutgoingMessage[]> {
    return this.#effects.process(key, work);
  }

  published(key: EffectsKey): void {
    this.#effects.published(key);
  }

  close(): Promise<void> {
    return this.#effects.close();
  }

  get #effects(): Effects {
    return this.wrapper.instance as Effects;
  }
}
