import {
  type FanOut,
  type HandOff,
  type Program,
  RESUBMISSIONS,
  type Worker,
} from './program.spec.support.ts';

/** What a program comes to when nothing goes wrong but what its workers do. */
export interface Expected {
  /** What each part that was reached came to, by its name. */
  readonly log: Record<string, string>;
  /** Names of the commands that were sent, each once. */
  readonly commands: Set<string>;
}

/** Runs a program in sequence: no machine, no records, no time. */
export function expectedOf(program: Program): Expected {
  const expected: Expected = { log: {}, commands: new Set() };
  run(program, expected);
  return expected;
}

function run(program: Program, { log, commands }: Expected): void {
  switch (program.kind) {
    case 'timer':
      log[program.name] = 'fired';
      return;
    case 'step':
      commands.add(program.name);
      log[program.name] = stepOf(program.worker, program.handled);
      return;
    case 'fanOut':
      program.workers.forEach((_, index) => {
        commands.add(`${program.name}/${index}`);
      });
      log[program.name] = joinOf(program);
      return;
    case 'handOff':
      commands.add(program.name);
      log[program.name] = handOffOf(program);
      return;
    case 'choice':
      run(program.step, { log, commands });
      run(log[program.step.name] === 'b' ? program.b : program.a, { log, commands });
      return;
    default:
      for (const part of program.parts) run(part, { log, commands });
  }
}

function stepOf(worker: Worker, handled: boolean): string {
  if (worker === 'too late') return 'timed out';
  if (fails(worker)) return handled ? 'failed' : 'a';
  return worker === 'b' ? 'b' : 'a';
}

function handOffOf({ remote, handled }: HandOff): string {
  if (handled && (remote === 'fails' || typeof remote === 'object')) return 'failed';
  return remote === 'b' ? 'b' : 'a';
}

function fails(worker: Worker): boolean {
  return worker === 'dead letter' || (typeof worker === 'object' && worker.silentFor > RESUBMISSIONS);
}

function joinOf({ join, workers }: FanOut): string {
  const outcomes = workers.map((worker) => (fails(worker) ? 'failed' : worker === 'b' ? 'b' : 'a'));
  if (join === 'all') return outcomes.join(' ');
  const answered = outcomes.filter((outcome) => outcome !== 'failed').length;
  return answered >= (join === 'any' ? 1 : join.quorum) ? 'enough' : 'too few';
}
