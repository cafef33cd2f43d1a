import type { Names } from '../naming.ts';
import { type ConsumerDeclaration, declareConsumers, declareLetters } from './consumers.ts';
import type { DeclaredStep } from './declared-step.ts';
import { manifestOf } from './manifest.ts';
import { declareOwnStreams, type StreamDeclaration, type StreamSettings } from './streams.ts';

/** What of an app decides what it needs in the broker. */
export interface DeclaredApp {
  readonly app: string;
  readonly version: string;
  readonly steps: readonly DeclaredStep[];
}

/** What one app needs in the broker besides the streams that all apps share. */
export interface AppDeclaration {
  /** None for an app without steps. */
  readonly streams: readonly StreamDeclaration[];
  /** Each step's durables, in the order of the steps. */
  readonly steps: readonly (readonly ConsumerDeclaration[])[];
  /** Where it hears of its commands' dead letters, when a step of it wants to. */
  readonly letters: ConsumerDeclaration | undefined;
}

export function declareApp(
  names: Names,
  { app, version, steps }: DeclaredApp,
  settings?: StreamSettings,
): AppDeclaration {
  const replicas = settings?.replicas;
  return {
    streams: steps.length === 0 ? [] : declareOwnStreams(names, app, settings),
    steps: steps.map((step) => declareConsumers(names, app, step, manifestOf(app, version, step), replicas)),
    letters: steps.some(({ hearsOfLetters }) => hearsOfLetters)
      ? declareLetters(names, app, replicas)
      : undefined,
  };
}

/** All consumers of one app. */
export function consumersOf({ steps, letters }: AppDeclaration): ConsumerDeclaration[] {
  return [...steps.flat(), ...(letters === undefined ? [] : [letters])];
}
