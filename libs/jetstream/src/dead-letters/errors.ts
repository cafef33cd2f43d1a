import { TroupeError } from '@troupe/contract';

/** The environment has no stream of dead letters: no app has run there, or it has another prefix. */
export class DeadLettersMissingError extends TroupeError {
  readonly code = 'TROUPE_DEAD_LETTERS_MISSING';

  constructor(readonly stream: string) {
    super(
      `The broker has no stream ${stream}. An app creates it when it starts; is this the right broker and prefix?`,
    );
  }
}

/** There is no dead letter of that number. */
export class DeadLetterNotFoundError extends TroupeError {
  readonly code = 'TROUPE_DEAD_LETTER_NOT_FOUND';

  constructor(readonly seq: number) {
    super(`There is no dead letter ${seq}.`);
  }
}

/** The dead letter is in a state that does not allow what was asked. */
export class DeadLetterStateError extends TroupeError {
  readonly code = 'TROUPE_DEAD_LETTER_STATE';
}

/** The step that set the message aside is gone, or is none of the platform: nothing takes its redrives. */
export class StepGoneError extends TroupeError {
  readonly code = 'TROUPE_STEP_GONE';

  constructor(
    readonly step: string,
    readonly stream: string,
  ) {
    super(
      `No step takes redrives of ${step}: ${stream} has no consumer of that name. Start the app that has the step, or archive the dead letter.`,
    );
  }
}

/** There is no operation of that id. */
export class OperationNotFoundError extends TroupeError {
  readonly code = 'TROUPE_OPERATION_NOT_FOUND';

  constructor(readonly id: string) {
    super(`There is no operation ${id}.`);
  }
}

/** The operation is in a state that does not allow what was asked. */
export class OperationStateError extends TroupeError {
  readonly code = 'TROUPE_OPERATION_STATE';
}

/** A consumer that is not of the platform gave a message up: the broker delivers it no more. */
export class MaxDeliveriesError extends TroupeError {
  readonly code = 'TROUPE_MAX_DELIVERIES';

  constructor(
    readonly consumer: string,
    readonly deliveries: number,
  ) {
    super(`Consumer ${consumer} was handed the message ${deliveries} times and never acknowledged it.`);
    this.stack = ''; // nothing of ours failed
  }
}
