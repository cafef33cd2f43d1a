import { TroupeError } from '@troupe/contract';

/** The app must not run: trying again cannot change that, a person must. */
export abstract class MustNotRunError extends TroupeError {}

/** The broker cannot be reached now. Nothing was sent, or it is not known to be stored; try again with the same id. */
export class BrokerUnavailableError extends TroupeError {
  readonly code = 'TROUPE_BROKER_UNAVAILABLE';
}

/** The broker does not let the app log on. It goes on trying, since the broker may come to know the user. */
export class BrokerRefusedError extends TroupeError {
  readonly code = 'TROUPE_BROKER_REFUSED';

  constructor(
    readonly where: string,
    /** As a person knows it: by its public key or its name, never by a secret. */
    readonly user: string,
    readonly description: string,
  ) {
    super(
      `The broker at ${where} refuses ${user}: ${description}. Let its configuration know that user, or log on as one that it knows (NATS_NKEY_FILE, or the address).`,
    );
  }
}

/** A file to log on with cannot be used. Its content is not shown. */
export class CredentialsError extends MustNotRunError {
  readonly code = 'TROUPE_CREDENTIALS';

  constructor(
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`The file ${file} ${problem}.`, options);
  }
}

/** No acknowledgement came in time. The message may be stored: trying again with the same id is safe. */
export class PublishTimeoutError extends TroupeError {
  readonly code = 'TROUPE_PUBLISH_TIMEOUT';

  constructor(
    readonly subject: string,
    readonly afterMs: number,
  ) {
    super(
      `No acknowledgement for a message on ${subject} within ${afterMs} ms. It may be stored; send it again with the same id.`,
    );
  }
}

/**
 * No stream answers for the subject: it does not exist, has no leader, or JetStream is off; the broker does not tell
 * which. Nothing was stored.
 */
export class NoStreamError extends TroupeError {
  readonly code = 'TROUPE_NO_STREAM';

  constructor(readonly subject: string) {
    super(
      `No stream takes messages on ${subject}. Create the topology; or JetStream is not enabled on the broker, or its cluster has no quorum.`,
    );
  }
}

/** The stream cannot store the message now: it has no leader, or too much to do. Try again with the same id. */
export class NoQuorumError extends TroupeError {
  readonly code = 'TROUPE_NO_QUORUM';

  constructor(
    readonly subject: string,
    readonly description: string,
  ) {
    super(`The stream of ${subject} cannot store messages now: ${description}.`);
  }
}

/** The stream reached its bytes limit and refuses new messages until it is pruned or enlarged. */
export class StreamFullError extends TroupeError {
  readonly code = 'TROUPE_STREAM_FULL';

  constructor(
    readonly subject: string,
    readonly description: string,
  ) {
    super(
      `The stream of ${subject} is full (${description}). Prune settled messages or raise its max_bytes.`,
    );
  }
}

/** The message is larger than the stream takes. It will never be stored as it is. */
export class MessageTooLargeError extends TroupeError {
  readonly code = 'TROUPE_MESSAGE_TOO_LARGE';

  constructor(
    readonly subject: string,
    readonly bytes: number,
    /** What the stream takes, headers included; undefined when only the broker knows. */
    readonly limit: number | undefined,
  ) {
    super(
      `A message of ${bytes} bytes for ${subject} is over the limit of ${limit === undefined ? 'its stream' : `${limit} bytes`}.`,
    );
  }
}

/** The broker refused the message for a reason of its own, named in `description`. */
export class PublishRefusedError extends TroupeError {
  readonly code = 'TROUPE_PUBLISH_REFUSED';

  constructor(
    readonly subject: string,
    readonly brokerCode: number,
    readonly description: string,
  ) {
    super(`The broker refused a message on ${subject}: ${description} (${brokerCode}).`);
  }
}

/** One setting of the topology that differs from what this build declares. */
export interface TopologyDifference {
  /** `stream EVENTS` or `consumer payments__authorize__order_placed_v1`. */
  readonly what: string;
  readonly setting: string;
  readonly inBroker: unknown;
  readonly declared: unknown;
}

/** The broker's streams or consumers differ from what this build declares, and may not or cannot be changed. */
export class TopologyMismatchError extends MustNotRunError {
  readonly code = 'TROUPE_TOPOLOGY_MISMATCH';

  /** @param refusal what the broker said to the change, when one was tried */
  constructor(
    readonly differences: readonly TopologyDifference[],
    readonly refusal?: string,
  ) {
    super(
      [
        'The broker differs from what this app declares:',
        ...differences.map(
          (d) =>
            `  ${d.what}: ${d.setting} is ${JSON.stringify(d.inBroker)}, declared ${JSON.stringify(d.declared)}`,
        ),
        refusal === undefined
          ? 'Declare what the broker has, or start with topology "change" (TROUPE_TOPOLOGY=change) to apply it.'
          : `The broker refuses the change: ${refusal}. Declare what it has.`,
      ].join('\n'),
    );
  }
}

/** A stream or consumer is missing, and this app may only verify (topology "verify"). */
export class TopologyMissingError extends MustNotRunError {
  readonly code = 'TROUPE_TOPOLOGY_MISSING';

  constructor(readonly what: string) {
    super(`The broker has no ${what}, and this app may only verify (topology "verify"). Create it first.`);
  }
}

/** The environment has no such stream on the broker: nothing can be pruned. */
export class StreamMissingError extends TroupeError {
  readonly code = 'TROUPE_STREAM_MISSING';

  constructor(readonly stream: string) {
    super(`The broker has no stream ${stream}. Check its address and the prefix, or start an app first.`);
  }
}

/** Exactly one step handles a command; the broker already has another one. */
export class CommandHandledTwiceError extends MustNotRunError {
  readonly code = 'TROUPE_COMMAND_HANDLED_TWICE';

  constructor(
    readonly contract: string,
    readonly here: string,
    readonly there: string,
  ) {
    super(
      `Command ${contract} is handled by ${there} already; ${here} cannot handle it too. Remove one of them: the step, and its consumer in the broker.`,
    );
  }
}

/** A step or an app is declared in a way that cannot work; found at start, before anything is consumed. */
export class StepDefinitionError extends TroupeError {
  readonly code = 'TROUPE_STEP_DEFINITION';
}

/** A handler returned something that its step does not declare, or that cannot be told apart. */
export class UndeclaredOutputError extends TroupeError {
  readonly code = 'TROUPE_OUTPUT_UNDECLARED';
}

/** A message was to be sent to one step alone that does not take it so: the step does not run, or another build of it does. */
export class DirectNotTakenError extends TroupeError {
  readonly code = 'TROUPE_DIRECT_NOT_TAKEN';

  constructor(
    /** Durable name, `<app>__<step>`. */
    readonly step: string,
    readonly contract: string,
  ) {
    super(
      `${step} takes no ${contract} sent to it alone. Name the contract in the step's "direct", and start its app.`,
    );
  }
}

/** A handler returned several messages of one contract without distinct keys. */
export class OutputKeyError extends TroupeError {
  readonly code = 'TROUPE_OUTPUT_KEY';
}

/** A handler returned a message for a time to come that is not for its own step, or whose time is no valid date. */
export class OutputTimeError extends TroupeError {
  readonly code = 'TROUPE_OUTPUT_TIME';
}

/** A handler or a producer sends a message also as something that is no older major of it. */
export class AlsoSentError extends TroupeError {
  readonly code = 'TROUPE_OUTPUT_ALSO';
}

/** A handler outlived its step's timeout; it was told so by its abort signal, and the message is tried again. */
export class HandlerTimeoutError extends TroupeError {
  readonly code = 'TROUPE_HANDLER_TIMEOUT';

  constructor(
    readonly step: string,
    readonly afterMs: number,
  ) {
    super(`The handler of ${step} did not finish within ${afterMs} ms.`);
  }
}

/**
 * What keeps a step's effects cannot be reached, or must not be used now. Its messages are handed back until it can,
 * which counts as no attempt.
 */
export class EffectsUnavailableError extends TroupeError {
  readonly code = 'TROUPE_EFFECTS_UNAVAILABLE';
}

/** Processes ended while they handled the message: it is set aside before another one does. */
export class PoisonError extends TroupeError {
  readonly code = 'TROUPE_POISON';

  constructor(
    readonly step: string,
    /** Counted ends; the first one may be another. */
    readonly deaths: number,
  ) {
    super(
      `The process ended ${deaths} times while ${step} handled this message, the last ${deaths - 1} of them with nothing else in hand.`,
    );
  }
}

/**
 * Thrown by a handler that will never succeed with this message: it is dead-lettered at once, without retries. One of
 * its own kind has a code of its own.
 */
export class TerminalError extends TroupeError {
  readonly code = 'TROUPE_TERMINAL' as string;
}

/** Thrown by a handler that knows when trying again makes sense. Counts as an attempt. */
export class RetryAfter extends TroupeError {
  readonly code = 'TROUPE_RETRY_AFTER';

  /** @param delayMs wait before the next attempt, in ms, at least 0; a year at most is waited */
  constructor(
    readonly delayMs: number,
    message = `Asked to be tried again after ${delayMs} ms.`,
    options?: ErrorOptions,
  ) {
    super(message, options);
    if (!Number.isFinite(delayMs) || delayMs < 0) {
      throw new RangeError(`RetryAfter takes a number of milliseconds from 0, not ${delayMs}`);
    }
  }
}
