import type { StepDefinition, StepHandler } from '@troupe/jetstream';
import { definitionOf } from '../definition/definition.ts';
import type { OrchestrationOptions } from '../definition/orchestration.ts';
import { OrchestrationLetter, OrchestrationRequest, OrchestrationWake } from '../direct.ts';
import { Engine } from './engine.ts';
import type { Turn } from './turn.ts';

const KEEP_DAYS = 7;

/** Some minutes for what passes: an instance that is not begun yet, another build that knows an older machine. */
const RETRY = { attempts: 20 } as const;

/**
 * The step that an orchestration is.
 * @throws OrchestrationDefinitionError when it cannot work
 */
export function orchestrationStep(options: OrchestrationOptions): StepDefinition {
  const definition = definitionOf(options);
  const { name, version, consumes, sends } = definition;
  const handle: StepHandler = (data, context, turn) => (turn as Turn).take(data, context);
  return {
    name,
    on: consumes,
    emits: sends,
    direct: [OrchestrationWake, OrchestrationRequest, OrchestrationLetter],
    lettersOf: OrchestrationLetter,
    orchestration: { name, version },
    from: options.from,
    retry: RETRY,
    effects: new Engine(definition, options.keepDays ?? KEEP_DAYS),
    handle,
  };
}
