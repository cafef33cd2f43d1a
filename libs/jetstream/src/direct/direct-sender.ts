import { type ContractClass, contractOf } from '@troupe/contract';
import type { Connection } from '../connection/connection.ts';
import { BrokerUnavailableError } from '../errors.ts';
import { Envelope, type Sender } from '../publish/envelope.ts';
import { type Sent, store } from '../publish/producer.ts';
import type { Sending } from '../publish/sending.ts';

/** What is said of a direct message besides its data. */
export interface DirectOptions {
  /** CloudEvents `id`, not empty. Within the stream's duplicate window, the same one again stores nothing new. */
  readonly id: string;
  /** The flow, not empty. */
  readonly flowId: string;
  /** Id of the message that caused it. Default: none. */
  readonly causationId?: string | undefined;
  /** When the step gets it, to the millisecond; at once when that is past. Default: at once. */
  readonly at?: Date | undefined;
  /** How long the stream may take to acknowledge it, in ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** What is known once the broker is: who sends, and the way there. */
export interface DirectGround {
  readonly sender: Sender;
  readonly sending: Sending;
}

const TIMEOUT_MS = 5_000;

/** Sends messages to one step of one app, past all others: contracts that the step names in `direct`. */
export class DirectSender {
  readonly #app: string;
  readonly #connection: Pick<Connection, 'assertConnected'>;
  readonly #assertTaken: (step: string, contractId: string) => void | Promise<void>;
  readonly #envelopes = new Map<string, Map<ContractClass, Envelope>>();
  #ground: DirectGround | undefined;

  /**
   * @param app whose steps get the messages
   * @param assertTaken throws when the step does not take the contract
   */
  constructor(
    app: string,
    connection: Pick<Connection, 'assertConnected'>,
    assertTaken: (step: string, contractId: string) => void | Promise<void>,
  ) {
    this.#app = app;
    this.#connection = connection;
    this.#assertTaken = assertTaken;
  }

  /** @internal Called when the broker's limits are known. */
  open(ground: DirectGround): void {
    this.#ground = ground;
  }

  /**
   * Resolves when the app's stream has stored the message.
   * @throws DirectNotTakenError when the step does not take the contract
   * @throws RangeError when an id is empty or the time is no date
   * @throws ContractViolationError, MessageTooLargeError: nothing was sent, and it never will be
   * @throws BrokerUnavailableError, NoStreamError, NoQuorumError, StreamFullError: not stored now; try again later
   * @throws PublishTimeoutError it may be stored: try again with the same id
   */
  async send<T extends object>(
    step: string,
    contract: ContractClass<T>,
    data: NoInfer<T>,
    { id, flowId, causationId, at, timeoutMs = TIMEOUT_MS }: DirectOptions,
  ): Promise<Sent> {
    this.#connection.assertConnected();
    if (this.#ground === undefined) throw new BrokerUnavailableError('The streams are not verified yet.');
    if (id === '' || flowId === '') throw new RangeError('The id and the flow of a message are not empty.');
    if (at !== undefined && Number.isNaN(at.getTime())) throw new RangeError('"at" is no valid date.');
    const envelope = await this.#envelopeOf(step, contract, this.#ground);
    const message = envelope.seal({ id, flowId, causationId, at, data });
    return { id, flowId, ...(await store(this.#ground.sending, message, timeoutMs)) };
  }

  async #envelopeOf(step: string, contract: ContractClass, { sender }: DirectGround): Promise<Envelope> {
    const known = this.#envelopes.get(step)?.get(contract);
    if (known !== undefined) return known;
    const compiled = contractOf(contract);
    await this.#assertTaken(step, compiled.id);
    const envelope = new Envelope(compiled, sender, { app: this.#app, step });
    const ofStep = this.#envelopes.get(step) ?? new Map<ContractClass, Envelope>();
    this.#envelopes.set(step, ofStep.set(contract, envelope));
    return envelope;
  }
}
