import type { ModuleMetadata, Provider, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { ContractClass, MessageOf } from '@troupe/contract';
import {
  assertDeclaration,
  type RehearsalInput,
  type RehearsedOutput,
  rehearse,
  StepDefinitionError,
} from '@troupe/jetstream';
import { StepDiscovery, StepsModule } from '@troupe/nest';

/** Which step to try, and what its class needs. */
export interface StepHarnessOptions<Steps extends object> {
  /** The class of the step and what it injects, or stand-ins for that. */
  readonly providers: readonly Provider[];
  readonly imports?: ModuleMetadata['imports'];
  /** Class and method: `[PaymentSteps, 'authorize']`. */
  readonly step: readonly [steps: Type<Steps>, method: keyof Steps & string];
  /** Name of the app, a part of the outputs' ids. Default `app`. */
  readonly app?: string;
}

/** One step of an app, without a broker. */
export interface StepHarness {
  /**
   * Takes one message through the step as the runtime does, once, and gives what it would send.
   * @throws ContractViolationError when the data breaks the contract, or an output breaks its own
   * @throws UpcastError when it is an older major that cannot be made the one that the step consumes
   * @throws UndeclaredOutputError, OutputKeyError, OutputTimeError, AlsoSentError for outputs that the runtime would refuse
   * @throws what the handler throws
   */
  given<C extends ContractClass>(
    contract: C,
    data: MessageOf<C>,
    input?: RehearsalInput,
  ): Promise<RehearsedOutput[]>;
  /** Runs the shutdown hooks of the providers. */
  stop(): Promise<void>;
}

/**
 * Makes the providers as Nest does, and tries one step of theirs, guards and interceptors included, on given messages.
 * @throws StepDefinitionError when the class has no such step, or an app could not boot with it
 */
export async function stepHarness<Steps extends object>({
  providers,
  imports = [],
  step: [steps, method],
  app = 'app',
}: StepHarnessOptions<Steps>): Promise<StepHarness> {
  const module = await Test.createTestingModule({
    imports: [StepsModule, ...imports],
    providers: [...providers],
  }).compile();
  await module.init();
  const declaredAt = `${steps.name}.${method}`;
  const found = module.get(StepDiscovery, { strict: false }).steps();
  const step = found.find((one) => one.declaredAt === declaredAt);
  if (step === undefined) throw new StepDefinitionError(`${declaredAt} is no step: it has no @Step.`);
  assertDeclaration({ app, version: '0.0.0', steps: [step] });
  return {
    given: (contract, data, input) => rehearse(app, step, contract, data, input),
    stop: () => module.close(),
  };
}
