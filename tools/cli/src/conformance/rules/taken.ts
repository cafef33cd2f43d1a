import type { Outcome } from '../rule.ts';
import { notTried } from '../rule.ts';
import type { Result, Stage } from '../stage/stage.ts';

/** What is wrong when a step was to take a message: it did not answer, or set it aside. */
export function undone({ sent, letters, answers, silence }: Result): string[] {
  const { contract } = sent.message;
  const aside = letters.map(({ header }) => {
    const [reason, message] = ['x-dead-letter-reason', 'x-dlq-error-message'].map((name) => header.get(name));
    return `${contract.id} was set aside: ${reason}: ${message}`;
  });
  const isAcknowledged = answers.some(({ kind }) => kind === 'ack');
  const unacknowledged = isAcknowledged || aside.length > 0 || silence.length > 0;
  return [...silence, ...aside, ...(unacknowledged ? [] : [`${contract.id} was not acknowledged`])];
}

/** What is wrong when it was to be taken like any other message of its contract: it was not, or nothing came of it. */
export async function notAsUsual(stage: Stage, result: Result): Promise<string[]> {
  const usual = await stage.trial(result.sent.message.contract);
  const lost = usual.outputs.length > 0 && result.outputs.length === 0 && undone(result).length === 0;
  return [...undone(result), ...(lost ? ['nothing came of it that says so'] : [])];
}

/** Holds a rule against each output of messages: of one valid one of each contract, unless others are given. */
export async function ofOutputs(
  stage: Stage,
  check: (output: Result['outputs'][number], result: Result) => readonly string[],
  results = stage.trials(),
): Promise<Outcome> {
  const trials = await results;
  if (trials.every(({ outputs }) => outputs.length === 0)) return notTried(nothingSent(stage));
  return trials.flatMap((result) => result.outputs.flatMap((output) => check(output, result)));
}

export function nothingSent({ subject }: Stage): string {
  return subject.emits.length === 0 ? 'the step emits nothing' : 'the step sent nothing';
}

/** How a step answered, but for saying that it still works. */
export function kindsOf(answers: Result['answers']): string[] {
  return answers.map(({ kind }) => kind).filter((kind) => kind !== 'working');
}
