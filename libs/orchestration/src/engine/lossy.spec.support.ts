import { type Effects, EffectsUnavailableError, type Outlet, type StepDefinition } from '@troupe/jetstream';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import { orchestrationStep } from './step.ts';

/**
 * Where a process is lost: before anything is written; when the branches are and the record is not; when the record is
 * and nobody knows; after that and before anything is sent.
 */
export const PLACES = ['before the write', 'before the record', 'in the write', 'after the write'] as const;
export type Place = (typeof PLACES)[number];

/**
 * An orchestration whose process is lost where told for an input, with all that it remembered: what comes next finds
 * another engine.
 */
export function lossy(
  options: OrchestrationOptions,
  loses: (inputId: string) => Place | undefined,
): StepDefinition {
  const born = (): Effects => orchestrationStep(options).effects as Effects;
  const lost = new EffectsUnavailableError('The process is lost.');
  let engine = born();
  let outlet: Outlet | undefined;
  let reborn: Promise<void> = Promise.resolve();
  /** Instances whose next write of the record is where the process is lost. */
  const losing = new Map<string, Place>();

  async function lose(): Promise<never> {
    const before = engine;
    reborn = reborn.then(async () => {
      if (engine !== before || outlet === undefined) return;
      const next = born();
      await next.open(outlet);
      engine = next;
      await before.close();
    });
    await reborn;
    throw lost;
  }

  const effects: Effects = {
    get problem() {
      return engine.problem;
    },
    open: (given) => {
      const store: Outlet['store'] = async (message) => {
        const id = /\.i\.[^.]+\.([^.]+)$/.exec(message.subject)?.[1] ?? '';
        const place = losing.get(id);
        losing.delete(id);
        if (place === 'before the record') throw lost;
        const sequence = await given.store(message);
        if (place === 'in the write') throw lost;
        return sequence;
      };
      outlet = { ...given, store };
      return engine.open(outlet);
    },
    close: () => engine.close(),
    published: (key) => engine.published(key),
    process: async (key, work) => {
      const place = loses(key.id);
      switch (place) {
        case undefined:
          return engine.process(key, work);
        case 'after the write':
          await engine.process(key, work);
          return lose();
        case 'before the write':
          return engine.process(key, async (turn) => {
            await work(turn);
            return lose();
          });
        default:
          return engine
            .process(key, async (turn) => {
              const messages = await work(turn);
              const flow = flowOf(messages[0]?.headers);
              if (flow !== undefined) losing.set(flow, place);
              return messages;
            })
            .catch(lose);
      }
    },
  };
  return { ...orchestrationStep(options), effects };
}

function flowOf(headers: Uint8Array | undefined): string | undefined {
  const head = Buffer.from(headers ?? []).toString();
  // What is handed off belongs to a flow of its own.
  return (/ce-parentflowid: ([^\r]+)/.exec(head) ?? /ce-correlationid: ([^\r]+)/.exec(head))?.[1];
}
