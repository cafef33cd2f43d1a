import 'reflect-metadata';
import type { StepDefinition } from '@troupe/jetstream';

const METADATA = Symbol.for('troupe:class-step');

/**
 * Makes a class a step as a whole, without a method of its own: for decorators of other libraries, such as an
 * orchestration's. Provided by a module, it is found as the steps of methods are.
 * @param declare called once the app is made, or described
 */
export function declareClassStep(target: object, declare: () => StepDefinition): void {
  Reflect.defineMetadata(METADATA, declare, target);
}

/** The step that this class is; not one that it inherits. */
export function classStep(target: object): StepDefinition | undefined {
  const declare = Reflect.getOwnMetadata(METADATA, target) as (() => StepDefinition) | undefined;
  return declare?.();
}
