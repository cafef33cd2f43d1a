import { TroupeError } from '@troupe/contract';
import { MustNotRunError, TerminalError } from '@troupe/jetstream';
import type { InstanceStatus } from './record.ts';

/** An orchestration is declared in a way that cannot work; found at start, before anything is consumed. */
export class OrchestrationDefinitionError extends TroupeError {
  readonly code = 'TROUPE_ORCHESTRATION_DEFINITION';

  constructor(
    /** The orchestration. */
    readonly orchestration: string,
    problem: string,
  ) {
    super(`Orchestration ${orchestration} ${problem}.`);
  }
}

/** What a machine did that stops its instance: it is suspended, nothing of the step stays, and a person decides. */
export abstract class MachineFault extends TroupeError {
  abstract override readonly code: string;
}

/** A function of the machine threw, or gave data that breaks its contract. */
export class MachineError extends MachineFault {
  readonly code = 'TROUPE_ORCHESTRATION_MACHINE';

  constructor(
    /** What the machine was at: an event's type, a command. */
    readonly at: string,
    cause: unknown,
  ) {
    super(`The machine failed at ${at}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** The machine's context holds what JSON cannot carry: it would not be the same after the next step. */
export class ContextError extends MachineFault {
  readonly code = 'TROUPE_ORCHESTRATION_CONTEXT';

  constructor(
    /** Where in the context: `context.lines[2].at`. */
    readonly path: string,
    /** What stands there: `a function`. */
    readonly found: string,
  ) {
    super(`${path} is ${found}, which JSON cannot carry. Keep plain data in the context.`);
  }
}

/** The machine did what only a running actor could carry out, or dispatched what was not known at start. */
export class MachineActionError extends MachineFault {
  readonly code = 'TROUPE_ORCHESTRATION_ACTION';

  constructor(
    /** The action's type. */
    readonly action: string,
    problem: string,
  ) {
    super(`Action ${action} ${problem}.`);
  }
}

/** An instance has more of something than it may. */
export class OrchestrationLimitError extends MachineFault {
  readonly code = 'TROUPE_ORCHESTRATION_LIMIT';

  constructor(
    /** What there is too much of: `branches of picks`. */
    readonly what: string,
    readonly count: number,
    readonly limit: number,
  ) {
    super(`${count} ${what}: an instance may have ${limit}.`);
  }
}

/** So many events wait for the machine to take them that no other may: this one is tried again, then set aside. */
export class DeferredFullError extends TroupeError {
  readonly code = 'TROUPE_ORCHESTRATION_DEFERRED';

  constructor(
    readonly instance: string,
    readonly limit: number,
  ) {
    super(
      `${limit} events wait until ${instance} can take them, and no more may. Let the machine take or ignore them.`,
    );
  }
}

/** An instance runs on a version of the machine that this build neither has nor can migrate. */
export class SnapshotVersionError extends TroupeError {
  readonly code = 'TROUPE_ORCHESTRATION_VERSION';

  constructor(
    readonly orchestration: string,
    readonly instance: string,
    /** The version that it runs on. */
    readonly version: number,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${orchestration} ${instance} runs on version ${version}: ${problem}.`, options);
  }
}

/**
 * What is kept of an orchestration is not what was written: it was edited by hand, or is damaged. The message is set
 * aside, and nobody guesses.
 */
export class RecordDamagedError extends TerminalError {
  override readonly code = 'TROUPE_ORCHESTRATION_RECORD_DAMAGED';

  constructor(
    readonly bucket: string,
    readonly key: string,
    readonly problem: string,
  ) {
    super(
      `The record "${key}" of bucket ${bucket} ${problem}. Put back what was there, from a backup, or remove the key to give the instance up.`,
    );
  }
}

/** What an instance has to remember is more than is kept: nothing of it is written, and the message is set aside. */
export class RecordTooLargeError extends TerminalError {
  override readonly code = 'TROUPE_ORCHESTRATION_RECORD_SIZE';

  constructor(
    readonly bucket: string,
    readonly key: string,
    /** Of the record as JSON. */
    readonly characters: number,
    readonly limit: number,
  ) {
    super(
      `The record "${key}" of bucket ${bucket} would have ${characters} characters, and ${limit} are kept. Keep less in the machine's context: names of things, not the things.`,
    );
  }
}

/** The bucket is missing although orchestrations were begun: making it anew would forget them in silence. */
export class InstancesLostError extends MustNotRunError {
  readonly code = 'TROUPE_ORCHESTRATION_INSTANCES_LOST';

  constructor(readonly bucket: string) {
    super(
      `The broker has no bucket ${bucket}, but orchestrations were begun in it. Restore it from a backup; or, to give them up, start once with topology "change" (TROUPE_TOPOLOGY=change).`,
    );
  }
}

/** There is no such instance: it never began, or what ended is no longer kept. */
export class InstanceNotFoundError extends TroupeError {
  readonly code = 'TROUPE_ORCHESTRATION_NOT_FOUND';

  constructor(
    readonly orchestration: string,
    readonly id: string,
    /** The orchestration that has an instance of this id, when another one does. */
    readonly isOf: string | undefined,
  ) {
    super(
      isOf === undefined
        ? `There is no ${orchestration} "${id}": it never began, or it ended and is no longer kept.`
        : `There is no ${orchestration} "${id}": this is the id of a ${isOf}.`,
    );
  }
}

/** What was asked of an instance cannot be done in its status; nothing was asked of it. */
export class InstanceStatusError extends TroupeError {
  readonly code = 'TROUPE_ORCHESTRATION_STATUS';

  constructor(
    readonly orchestration: string,
    readonly id: string,
    readonly status: InstanceStatus,
    request: string,
    possible: readonly InstanceStatus[],
  ) {
    super(`${orchestration} "${id}" is ${status}: only what is ${possible.join(' or ')} can ${request}.`);
  }
}
