import { randomUUID } from 'node:crypto';
import { type ContractClass, contractOf } from '@troupe/contract';
import type { Connection } from '../connection/connection.ts';
import { BrokerUnavailableError, UndeclaredOutputError } from '../errors.ts';
import type { Next } from '../step.ts';
import { Envelope, type SealedMessage, type Sender } from './envelope.ts';
import { newFlowId } from './flow-id.ts';
import { sealMajors } from './majors.ts';
import type { PubAck } from './puback.ts';
import type { Sending } from './sending.ts';

/** What a producer may say of a message besides its data. */
export interface SendOptions {
  /** CloudEvents `id`, not empty. Sending again with the same one stores nothing new. Default: a random UUID. */
  readonly id?: string;
  /** The flow, not empty. Default: `newFlowId()`, which opens one. */
  readonly flowId?: string;
  /** The same fact as an older major, as in `next`; `produces` lists both. Default: none. */
  readonly also?: Next;
  /** How long the stream may take to acknowledge each message, in ms. Default 5,000. */
  readonly timeoutMs?: number;
}

/** A message that the stream stored. */
export interface Sent {
  readonly id: string;
  readonly flowId: string;
  readonly stream: string;
  /** Sequence in the stream; of the earlier message, when this one is a duplicate. */
  readonly seq: number;
  /** The stream already had a message with this id. */
  readonly duplicate: boolean;
}

const TIMEOUT_MS = 5_000;

/** Sends what an app says outside of steps: the events that open flows. */
export class Producer {
  readonly #app: string;
  readonly #connection: Connection;
  readonly #declared: ReadonlySet<ContractClass>;
  readonly #envelopes = new Map<ContractClass, Envelope>();
  #sending: Sending | undefined;

  constructor(app: string, produces: readonly ContractClass[], connection: Connection) {
    this.#app = app;
    this.#connection = connection;
    this.#declared = new Set(produces);
  }

  /** @internal Called by the runtime when the broker's limits are known. */
  open(sender: Omit<Sender, 'source'>, sending: Sending): void {
    for (const contract of this.#declared) {
      this.#envelopes.set(
        contract,
        new Envelope(contractOf(contract), { ...sender, source: `/${this.#app}` }),
      );
    }
    this.#sending = sending;
  }

  /**
   * Resolves when the stream has stored the message, and the older majors that it is also sent as.
   * @throws UndeclaredOutputError when the app does not list the contract in `produces`
   * @throws RangeError when an id is empty
   * @throws ContractViolationError, AlsoSentError, MessageTooLargeError: nothing was sent, and it never will be
   * @throws BrokerUnavailableError, NoStreamError, NoQuorumError, StreamFullError: not stored now; try again later
   * @throws PublishTimeoutError it may be stored: try again with the same id
   */
  async send<T extends object>(
    contract: ContractClass<T>,
    data: NoInfer<T>,
    options: SendOptions = {},
  ): Promise<Sent> {
    this.#assertDeclared(contract);
    this.#connection.assertConnected();
    const sending = this.#sending;
    if (sending === undefined) throw new BrokerUnavailableError('The streams are not verified yet.');
    const id = options.id ?? randomUUID();
    const flowId = options.flowId ?? newFlowId();
    if (id === '' || flowId === '') throw new RangeError('The id and the flow of a message are not empty.');
    const { also, timeoutMs = TIMEOUT_MS } = options;
    const messages =
      also === undefined
        ? [this.#envelopeOf(contract).seal({ id, flowId, data })]
        : sealMajors({ contract, data, also }, (one) => this.#envelopeOf(one.contract), { id, flowId });
    let ack: PubAck | undefined;
    for (const message of messages.toReversed()) ack = await store(sending, message, timeoutMs);
    return { id, flowId, ...(ack as PubAck) };
  }

  #envelopeOf(contract: ContractClass): Envelope {
    this.#assertDeclared(contract);
    return this.#envelopes.get(contract) as Envelope; // there since `open`, which the sending came with
  }

  #assertDeclared(contract: ContractClass): void {
    if (this.#declared.has(contract)) return;
    throw new UndeclaredOutputError(
      `${this.#app} sends ${contract.name}, which its "produces" does not list.`,
    );
  }
}

/** Resolves when the stream has stored the message. */
export function store(sending: Sending, message: SealedMessage, timeoutMs: number): Promise<PubAck> {
  return new Promise((resolve, reject) => {
    sending.one(undefined, message, timeoutMs, (error, ack) => {
      if (ack === undefined) reject(error);
      else resolve(ack);
    });
  });
}
