import { type Effects, EffectsUnavailableError, type Outlet, type StepDefinition } from '@troupe/jetstream';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import { orchestrationStep } from './step.ts';

/** Where a process is lost: before the record is written, or after that and before anything is sent. */
export type Place = 'before the write' | 'after the write';

/**
 * An orchestration whose process is lost where told for an input, with all that it remembered: what comes next finds
 * another engine.
 */
export function lossy(
  options: OrchestrationOptions,
  loses: (inputId: string) => Place | undefined,
): StepDefinition {
  const born = (): Effects => orchestrationStep(options).effects as Effects;
  let engine = born();
  let outlet: Outlet | undefined;
  let reborn: Promise<void> = Promise.resolve();

  async function lost(): Promise<never> {
    const before = engine;
    reborn = reborn.then(async () => {
      if (engine !== before || outlet === undefined) return;
      const next = born();
      await next.open(outlet);
      engine = next;
      await before.close();
    });
    await reborn;
    throw new EffectsUnavailableError('The process is lost.');
  }

  const effects: Effects = {
    get problem() {
      return engine.problem;
    },
    open: (given) => {
      outlet = given;
      return engine.open(given);
    },
    close: () => engine.close(),
    published: (key) => engine.published(key),
    process: async (key, work) => {
      switch (loses(key.id)) {
        case undefined:
          return engine.process(key, work);
        case 'after the write':
          await engine.process(key, work);
          return lost();
        case 'before the write':
          return engine.process(key, async (turn) => {
            await work(turn);
            return lost();
          });
      }
    },
  };
  return { ...orchestrationStep(options), effects };
}
