import { type ContractClass, contractOf } from '@troupe/contract';
import { Answers } from '../consume/answers.ts';
import type { Delivery } from '../consume/delivery.ts';
import { Puller } from '../consume/puller.ts';
import type { StepServices } from '../consume/settlement.ts';
import { type Letter, readLetter } from '../dead-letters/letter.ts';
import { copyId } from '../ids.ts';
import type { CommandLetter, StepDefinition } from '../step.ts';
import type { Durable } from '../topology/set-up.ts';
import type { DirectSender } from './direct-sender.ts';

/** Letters that are passed on at once. */
const WINDOW = 256;
const AGAIN_MS = 5_000;
const LONGEST_ERROR = 1_024;

/** A step that hears of its commands' dead letters, and which commands it sends. */
interface Listener {
  readonly step: string;
  readonly contract: ContractClass<CommandLetter>;
  readonly commands: ReadonlySet<string>;
}

/**
 * Tells steps of their own commands that other steps set aside: each such dead letter becomes one direct message, with
 * an id of its own for each failure. A letter is acknowledged when that is stored, or when it is of no command of these
 * steps.
 */
export class CommandLetters {
  /** By CloudEvents `source`. */
  readonly #listeners: ReadonlyMap<string, Listener>;
  readonly #answers: Answers;
  readonly #puller: Puller;
  readonly #durable: Durable;

  constructor(
    steps: readonly StepDefinition[],
    durable: Durable,
    private readonly services: StepServices,
    private readonly direct: DirectSender,
  ) {
    const { app, client, isConnected, log, inboxPrefix, sender } = services;
    this.#listeners = new Map(
      steps.flatMap((step) => {
        const contract = step.lettersOf;
        if (contract === undefined) return [];
        const commands = step.emits.map((one) => contractOf(one)).filter(({ kind }) => kind === 'command');
        const listener = { step: step.name, contract, commands: new Set(commands.map(({ id }) => id)) };
        return [[`/${app}/${step.name}`, listener] as const];
      }),
    );
    this.#durable = durable;
    this.#answers = new Answers(client, isConnected);
    this.#puller = new Puller({
      client,
      isConnected,
      answers: this.#answers,
      names: sender.names,
      stream: durable.stream,
      consumer: durable.config.durable_name,
      comesBack: true,
      window: WINDOW,
      log,
      inboxPrefix,
      onDelivery: (delivery) => void this.#pass(delivery),
    });
  }

  /** Why no letter is heard of, when the broker says so. */
  get problems(): string[] {
    const { problem } = this.#puller;
    return problem === undefined ? [] : [`${this.#durable.config.durable_name}: ${problem}`];
  }

  /** Asks the broker anew, after a reconnect. */
  restart(): void {
    this.#answers.resend();
    this.#puller.restart();
  }

  /** What is being passed on is, or comes again. */
  stop(): Promise<void> {
    return this.#puller.stop();
  }

  async #pass(delivery: Delivery): Promise<void> {
    try {
      await this.#tell(letterOf(delivery));
      delivery.ack();
    } catch (error) {
      delivery.nak(AGAIN_MS);
      const { stream, seq } = delivery.info;
      this.services.log.error(
        { err: error, stream, seq },
        'a command’s dead letter could not be passed on yet',
      );
    } finally {
      this.#puller.started();
    }
  }

  async #tell(letter: Letter): Promise<void> {
    const { event, reason, error, seq } = letter;
    const listener = this.#listeners.get(event.source ?? '');
    const { id: commandId, type: contract } = event;
    if (!commandId || !listener?.commands.has(contract ?? '')) return;
    const { stream } = this.#durable;
    const flowId = letter.flowId ?? commandId;
    const told: CommandLetter = {
      commandId,
      contract: contract as string,
      reason,
      error: error.message.slice(0, LONGEST_ERROR).toWellFormed(),
      flowId,
      letter: { stream, seq },
    };
    const id = copyId('letter', letter.id);
    await this.direct.send(listener.step, listener.contract, told, { id, flowId, causationId: commandId });
  }
}

function letterOf(delivery: Delivery): Letter {
  const { info, subject, payload } = delivery;
  const { seq, publishedAt } = info;
  const stored = { seq, subject, time: new Date(publishedAt), headers: delivery.headers() };
  return readLetter({ ...stored, size: payload.length, payload });
}
