import 'reflect-metadata';
import type { ContractClass, MessageOf } from '@troupe/contract';
import type { Effects, StepContext, StepDefinition, StepResult } from '@troupe/jetstream';

/** What `@Step` takes: a step definition without its handler, which is the method. */
export interface StepOptions<On extends Consumed, Emits extends readonly ContractClass[], Transaction = never>
  extends Omit<StepDefinition, 'name' | 'on' | 'emits' | 'effects' | 'handle' | 'declaredAt'> {
  /** Unique in its app, `[a-z][a-z0-9-]*`. Default: the method's name in kebab case. Renaming it is a new durable. */
  readonly name?: string;
  /** The contract that the step consumes, or several: the method then gets a union, told apart by `instanceof`. */
  readonly on: On;
  /** Every contract that the step may return. The compiler holds the method's return type against it. */
  readonly emits: Emits;
  /**
   * The provider that keeps the step's effects, such as `Inbox`: the method then gets a transaction as its third
   * parameter. Default: none.
   */
  readonly effects?: EffectsClass<Transaction>;
}

/** A class whose instance, provided by a module of the app, keeps effects in a transaction of this kind. */
export type EffectsClass<Transaction> = abstract new (...dependencies: never[]) => Effects<Transaction>;

/** One contract class, or several. */
export type Consumed = ContractClass | readonly ContractClass[];

/** The message or messages that a step is called with. */
export type MessagesOf<On extends Consumed> = On extends readonly ContractClass[]
  ? MessageOf<On[number]>
  : MessageOf<On>;

type Result<Emits extends readonly ContractClass[]> = StepResult<MessageOf<Emits[number]>>;

/** The methods that a step's options allow. */
export type StepMethod<On extends Consumed, Emits extends readonly ContractClass[], Transaction = never> = (
  ...given: [Transaction] extends [never]
    ? [message: MessagesOf<On>, context: StepContext]
    : [message: MessagesOf<On>, context: StepContext, transaction: Transaction]
) => Result<Emits> | Promise<Result<Emits>>;

/** What `@Step` leaves at a method. */
export interface DeclaredStep extends Omit<StepDefinition, 'effects' | 'handle' | 'declaredAt'> {
  readonly effects?: EffectsClass<unknown>;
}

const METADATA = Symbol.for('troupe:step');

/**
 * Makes a method of a provider a step. Its parameter and its return type are checked against `on` and `emits` when
 * it is compiled; two contracts with the same fields are one to the compiler, but not to the runtime, which sets a
 * message aside whose handler returned what `emits` does not list.
 */
export function Step<
  const On extends Consumed,
  const Emits extends readonly ContractClass[],
  Transaction = never,
>(
  options: StepOptions<On, Emits, Transaction>,
): <Method extends StepMethod<On, Emits, Transaction>>(
  target: object,
  method: string,
  descriptor: TypedPropertyDescriptor<Method>,
) => void {
  return (target, method) => {
    const { on, ...rest } = options;
    const declared: DeclaredStep = {
      ...rest,
      name: options.name ?? kebabCase(method),
      on: isList(on) ? on : [on],
    };
    Reflect.defineMetadata(METADATA, declared, target, method);
  };
}

/** What `@Step` was given at a method of this prototype or of one that it inherits from. */
export function declaredStep(prototype: object, method: string): DeclaredStep | undefined {
  return Reflect.getMetadata(METADATA, prototype, method) as DeclaredStep | undefined;
}

function isList(on: Consumed): on is readonly ContractClass[] {
  return Array.isArray(on);
}

function kebabCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
