import type { NatsConnection } from '@nats-io/transport-node';
import type { ContractClass } from '@troupe/contract';
import type { Instrumentation, TraceHeaders } from './instrumentation.ts';
import type { Logger } from './logger.ts';
import type { Names } from './naming.ts';
import type { Notice } from './notices.ts';
import type { OutgoingMessage } from './publish/message.ts';
import type { TopologyMode } from './topology/ensure.ts';

/** Which message in the hands of which step: what its effects are kept by. */
export interface EffectsKey {
  /** CloudEvents `source` and `id` of the message. */
  readonly source: string;
  readonly id: string;
  /** Durable name of the step, `<app>__<step>`. */
  readonly step: string;
}

/** A message that a step decided on, as data. */
export interface DecidedMessage extends TraceHeaders {
  readonly contract: ContractClass;
  readonly data: object;
  /** CloudEvents `id`. */
  readonly id: string;
  readonly flow: { readonly id: string; readonly parent?: string | undefined };
  /** Id of the message that it was decided for. */
  readonly causationId: string;
  /** When it was decided, RFC 3339. */
  readonly time: string;
  /** When it arrives, where its contract is among the step's `direct`. Default: at once. */
  readonly at?: Date | undefined;
}

/** What effects get to know of the app that they belong to, and their way to the broker. */
export interface Outlet {
  readonly app: string;
  readonly names: Names;
  readonly client: NatsConnection;
  readonly log: Logger;
  readonly instrumentation: Instrumentation | undefined;
  /** What the app may do to the broker: effects that are kept there are bound to it too. */
  readonly topology: TopologyMode;
  /** Copies that a cluster keeps of each stream and bucket. */
  readonly replicas: number;
  /** Address of the environment's console, where flows are asked for; undefined when nobody said it. */
  readonly consoleUrl: string | undefined;
  isConnected(): boolean;
  /** Tells people what they must see, as their first step, without waiting for the broker. */
  alert(reason: string, message: string, event?: Notice['event']): void;
  /**
   * A message that was decided earlier, as it goes over the wire: whenever it is sealed, its ids and its payload are the
   * same. Its data is not checked again: a build that came later may be stricter.
   * @throws UndeclaredOutputError when the step does not send its contract
   * @throws MessageTooLargeError
   */
  seal(message: DecidedMessage): OutgoingMessage;
  /** Resolves when the message is stored; may be called again with the same one. */
  publish(message: OutgoingMessage): Promise<void>;
  /**
   * The same for what the effects keep in a stream of their own. Resolves with the sequence that it has there. While no
   * acknowledgement comes it is sent again: one that names what it expects to be last may be refused for itself.
   * @throws PublishRefusedError when the stream expects something else
   */
  store(message: OutgoingMessage): Promise<number>;
}

/**
 * Effects outside the broker that happen once for each message and step: the handler works in a `Transaction`, and
 * what it writes there, what it says, and that it did commit together.
 */
export interface Effects<Transaction = unknown> {
  /** Why nothing can be processed now, as one sentence. */
  readonly problem: string | undefined;

  /**
   * Called before the first message, until it resolves. From then on it also publishes what a process that died left.
   * @throws MustNotRunError when the app must not run; anything else is tried again
   */
  open(outlet: Outlet): Promise<void>;

  /**
   * Calls `work` unless the message was handled before; when `work` rejects, nothing of it stays. Resolves, after the
   * commit, with the messages that are still to be published: those of `work`, or what an earlier delivery left.
   * @throws EffectsUnavailableError when the effects cannot be had or kept now: no fault of the message
   * @throws what `work` throws
   */
  process(
    key: EffectsKey,
    work: (transaction: Transaction) => Promise<readonly OutgoingMessage[]>,
  ): Promise<readonly OutgoingMessage[]>;

  /** All messages that `process` resolved with are stored in their streams. */
  published(key: EffectsKey): void;

  /** Ends what `open` began; called again, it waits for the same end. */
  close(): Promise<void>;
}
