import { durationOf, type Names, stepName } from '@troupe/jetstream';
import type { Choreography, DeclaredFlow } from './choreography.ts';
import type { Durable } from './course.ts';

/** One step that takes what is on one subject. */
export interface ExpectedStep {
  /** `<app>__<step>` */
  readonly step: string;
  readonly app: string;
  readonly emits: readonly string[];
  readonly within: string | undefined;
  /** Its consumer on the subject; undefined when the broker has none. */
  readonly durable: Durable | undefined;
}

/** A consumer together with what its step says of itself in the broker. */
export interface Registered {
  readonly durable: Durable;
  /** Contract ids; undefined for a consumer whose step says nothing of itself. */
  readonly emits: readonly string[] | undefined;
  readonly within: string | undefined;
  /** Name of the orchestration that the step is, when it is one. */
  readonly orchestration?: string;
}

/** An orchestration that takes a message, by its app and name. */
export interface ExpectedOrchestration {
  readonly app: string;
  readonly name: string;
}

/**
 * Who is expected to take a message: each step that has a consumer for it in the broker, and each declared one that
 * has none there. Made anew whenever the broker's answer differs from the last one.
 */
export class Expectations {
  readonly #bySubject = new Map<string, ExpectedStep[]>();
  readonly #steps = new Set<string>();
  readonly #delayed = new Map<string, Durable>();
  readonly #orchestrations = new Map<string, ExpectedOrchestration>();
  readonly #flows = new Map<string, DeclaredFlow>();

  /** @param census number of the census: a consumer that is younger may be missing here */
  constructor(
    names: Names,
    choreography: Choreography,
    registered: readonly Registered[],
    readonly census: number,
  ) {
    for (const { durable, emits, within, orchestration: name } of registered) {
      if (durable.gone || emits === undefined) continue;
      const { stream, step, app, subject } = durable;
      if (name !== undefined) this.#orchestrations.set(step, { app, name });
      if (stream === names.events) this.#expect(subject, { step, app, emits, within, durable });
      else if (stream === names.delayed(app)) this.#delayed.set(step, durable);
    }
    this.#declare(names, choreography);
  }

  /** The steps that take a message of EVENTS, by its subject without the lane. */
  stepsOf({ subject, seq, at }: { subject: string; seq: number; at: number }): ExpectedStep[] {
    const steps = this.#bySubject.get(subject) ?? [];
    return steps.filter(
      ({ durable }) => durable === undefined || (seq >= durable.first && at >= durable.since),
    );
  }

  /** The consumer that delivers a step's redrives and delayed retries. */
  delayedOf(step: string): Durable | undefined {
    return this.#delayed.get(step);
  }

  /** The orchestrations among the steps that take these messages, but for where that is another flow's affair. */
  orchestrationsOf<M extends Parameters<Expectations['stepsOf']>[0]>(
    messages: readonly M[],
    isOthers: (message: M, step: string) => boolean,
  ): ExpectedOrchestration[] {
    if (this.#orchestrations.size === 0) return [];
    const taking = messages.flatMap((message) =>
      this.stepsOf(message).flatMap(({ step }) => (isOthers(message, step) ? [] : [step])),
    );
    return [...new Set(taking)].flatMap((step) => this.#orchestrations.get(step) ?? []);
  }

  /** Whether it is a step that is expected to take messages. */
  isStep(step: string): boolean {
    return this.#steps.has(step);
  }

  /** Whether a step is an orchestration. */
  isOrchestration(step: string): boolean {
    return this.#orchestrations.has(step);
  }

  /** The flow that a message of this type opens, as it is declared. */
  flowOf(type: string): DeclaredFlow | undefined {
    return this.#flows.get(type);
  }

  /** Every expected step, once for each subject that it takes. */
  *all(): Generator<ExpectedStep & { readonly subject: string }> {
    for (const [subject, steps] of this.#bySubject) for (const step of steps) yield { ...step, subject };
  }

  #declare(names: Names, { contracts, apps }: Choreography): void {
    const kinds = new Map(contracts.map(({ id, kind }) => [id, kind]));
    for (const { app, steps, flows } of apps) {
      for (const flow of flows) this.#flows.set(flow.starts, flow);
      for (const { step, consumes, emits, within } of steps) {
        for (const id of consumes) {
          const subject = subjectOf(names, id, kinds.get(id) ?? 'event');
          if (this.#bySubject.get(subject)?.some((other) => other.step === step)) continue;
          this.#expect(subject, { step, app, emits, within, durable: undefined });
        }
      }
    }
  }

  #expect(subject: string, step: ExpectedStep): void {
    const steps = this.#bySubject.get(subject) ?? [];
    steps.push(step);
    this.#steps.add(step.step);
    this.#bySubject.set(subject, steps);
  }
}

/** The step of a consumer, by the platform's names; undefined for one that keeps to other names. */
export function stepOfDurable(name: string): { app: string; step: string } | undefined {
  const [, app, step] = /^([a-z][a-z0-9-]*)__([a-z][a-z0-9-]*)(?:__.+)?$/.exec(name) ?? [];
  return app === undefined || step === undefined ? undefined : { app, step: stepName(app, step) };
}

/** When a step's next event is due for a message stored at a time; undefined without a deadline. */
export function dueOf({ within }: Pick<ExpectedStep, 'within'>, at: number): number | undefined {
  const span = durationOf(within);
  return span === undefined ? undefined : at + span;
}

function subjectOf(names: Names, id: string, kind: 'event' | 'command'): string {
  const [, type = id, version = '1'] = /^(.*)\.v(\d+)$/.exec(id) ?? [];
  return names.contractSubject({ kind, type, version: Number(version) });
}
