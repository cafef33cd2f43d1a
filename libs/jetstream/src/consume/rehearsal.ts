import { acceptedBy, type ContractClass, ContractViolationError, type MessageOf } from '@troupe/contract';
import type { Effects, EffectsKey } from '../effects.ts';
import { UndeclaredOutputError } from '../errors.ts';
import { idempotencyKey } from '../ids.ts';
import { DEFAULT_LANES } from '../lane.ts';
import { Names, stepName } from '../naming.ts';
import type { SealedMessage } from '../publish/envelope.ts';
import { majorsOf } from '../publish/majors.ts';
import type { Next, StepContext, StepDefinition } from '../step.ts';
import { Outputs } from './outputs.ts';

/** What a rehearsed step is told of its message. All have defaults. */
export interface RehearsalInput {
  /** CloudEvents `id`. Default `input-1`. */
  readonly id?: string;
  /** CloudEvents `source`. Default `/<owner of the contract>`. */
  readonly source?: string;
  /** Default `flow-1`. */
  readonly flowId?: string;
  /** The flow that handed off to that one. Default: none. */
  readonly parentFlowId?: string;
  /** Id of the message that caused it. Default: none. */
  readonly causationId?: string;
  /** Default 1. */
  readonly attempt?: number;
  /** Default: one that is never aborted. */
  readonly signal?: AbortSignal;
}

/** A message that the step would have published. */
export interface RehearsedOutput {
  /** Contract id: `payment.authorized.v1`. */
  readonly type: string;
  readonly id: string;
  readonly key: string | undefined;
  /** When the step gets it, for a message to itself that waits. */
  readonly at: Date | undefined;
  /** As the next step would read it. */
  readonly data: unknown;
}

const MAX_MESSAGE_SIZE = 1024 * 1024 - 64 * 1024;

/**
 * Runs a step on one message without a broker, with the checks of the runtime on both ends.
 * @throws ContractViolationError when the message breaks its contract, or what the step returned breaks its own
 * @throws UpcastError when it cannot be made the major that the step handles
 * @throws UndeclaredOutputError, OutputKeyError, OutputTimeError, AlsoSentError, MessageTooLargeError as the runtime
 * does; and what the handler throws
 */
export async function rehearse<C extends ContractClass>(
  app: string,
  step: StepDefinition,
  on: C,
  data: MessageOf<C>,
  input: RehearsalInput = {},
): Promise<RehearsedOutput[]> {
  const taken = [...acceptedBy(step.on), ...acceptedBy(step.direct ?? [])];
  const accepted = taken.find(({ contract }) => contract.class === on);
  if (accepted === undefined) {
    throw new UndeclaredOutputError(`${step.declaredAt ?? step.name} does not consume ${on.name}.`);
  }
  const { contract } = accepted;
  const received: object = JSON.parse(JSON.stringify(data));
  const violations = contract.violationsOfAccepted(received);
  if (violations.length > 0) throw new ContractViolationError(contract.id, violations);
  const message = accepted.read(received);

  const name = stepName(app, step.name);
  const source = input.source ?? `/${contract.owner}`;
  const id = input.id ?? 'input-1';
  const context: StepContext = {
    id,
    source,
    type: contract.id,
    time: undefined,
    flowId: input.flowId ?? 'flow-1',
    parentFlowId: input.parentFlowId,
    causationId: input.causationId,
    traceparent: undefined,
    tracestate: undefined,
    idempotencyKey: idempotencyKey(source, id, name),
    attempt: input.attempt ?? 1,
    signal: input.signal ?? new AbortController().signal,
  };
  const outputs = new Outputs(app, step, {
    names: new Names(),
    version: '0.0.0',
    lanes: DEFAULT_LANES,
    maxMessageSize: MAX_MESSAGE_SIZE,
  });
  const run = async (transaction?: unknown): Promise<Rehearsed> => {
    const result = await step.handle(message, context, transaction);
    const sealed = outputs.of(context, name, result);
    const returned = (Array.isArray(result) ? result : [result]) as readonly Next[];
    const said = returned.flatMap((output) => Array.from(majorsOf(output), () => output));
    return { said, sealed };
  };
  const { said, sealed } =
    step.effects === undefined ? await run() : await once(step.effects, { source, id, step: name }, run);
  return sealed.map((output, i) => ({
    type: output.contract.id,
    id: output.id,
    key: said[i]?.key,
    at: said[i]?.at,
    data: JSON.parse(Buffer.from(output.send({}).payload).toString()),
  }));
}

interface Rehearsed {
  /** What each of the sealed messages was returned as. */
  readonly said: readonly Pick<Next, 'key' | 'at'>[];
  readonly sealed: readonly SealedMessage[];
}

/** A message that was handled before gives nothing new. */
async function once(
  effects: Effects,
  key: EffectsKey,
  run: (transaction: unknown) => Promise<Rehearsed>,
): Promise<Rehearsed> {
  let rehearsed: Rehearsed = { said: [], sealed: [] };
  await effects.process(key, async (transaction) => {
    rehearsed = await run(transaction);
    return rehearsed.sealed.map((output) => output.send({}));
  });
  effects.published(key);
  return rehearsed;
}
