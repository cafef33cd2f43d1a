import { acceptedBy, contractOf } from '@troupe/contract';
import { isDuration } from '../duration.ts';
import { StepDefinitionError } from '../errors.ts';
import { assertName } from '../naming.ts';
import type { StepDefinition } from '../step.ts';
import { isVersion } from '../topology/manifest.ts';
import type { RuntimeOptions } from './options.ts';

/** Refuses an app that cannot work as declared, before anything is asked of the broker. */
export function assertDeclaration({ app, version, steps = [], produces = [] }: RuntimeOptions): void {
  assertName('The app', app);
  if (!isVersion(version)) {
    throw new StepDefinitionError(
      `The version of ${app} is "${version}"; it is a semantic version such as 1.4.0, since a newer build replaces what an older one declared.`,
    );
  }
  const names = new Map<string, string>();
  const handlers = new Map<string, string>();
  for (const step of steps) {
    const where = step.declaredAt ?? step.name;
    assertStep(step, where);
    const twin = names.get(step.name);
    if (twin !== undefined) {
      throw new StepDefinitionError(
        `${twin} and ${where} are both named "${step.name}": their durables would be one. Give one of them another name.`,
      );
    }
    names.set(step.name, where);
    for (const { contract } of acceptedBy(step.on)) {
      const other = handlers.get(contract.id);
      if (contract.kind === 'command' && other !== undefined) {
        throw new StepDefinitionError(
          `Command ${contract.id} is handled by ${other} and ${where}: exactly one step may. Remove one.`,
        );
      }
      handlers.set(contract.id, where);
    }
  }
  for (const contract of produces) contractOf(contract);
}

function assertStep(step: StepDefinition, where: string): void {
  assertName(`Step ${where}`, step.name);
  const wrong = (problem: string): never => {
    throw new StepDefinitionError(`Step ${where} ${problem}.`);
  };
  if (step.on.length === 0) wrong('consumes nothing: name its contracts in "on"');
  assertDistinct(step.on, (id) => wrong(`names ${id} twice in "on"`));
  assertDistinct(step.emits, (id) => wrong(`names ${id} twice in "emits"`));
  assertDirect(step, wrong);
  if (step.from !== 'beginning' && step.from !== 'now') {
    wrong("does not say where a new consumer begins: \"from\" is 'beginning' or 'now'");
  }
  if (step.within !== undefined && !isDuration(step.within)) {
    wrong(`has within "${step.within}": it is a whole number and ms, s, m, h or d, such as 30s`);
  }
  for (const [setting, value] of [
    ['concurrency', step.concurrency],
    ['timeoutMs', step.timeoutMs],
    ['retry.attempts', step.retry?.attempts],
  ] as const) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      wrong(`has ${setting} ${value}: it is a whole number from 1`);
    }
  }
  const immediate = step.retry?.immediate;
  if (immediate !== undefined && !(Number.isSafeInteger(immediate) && immediate >= 0 && immediate <= 100)) {
    wrong(`has retry.immediate ${immediate}: it is a whole number from 0 to 100`);
  }
  for (const setting of ['initialDelayMs', 'maxDelayMs'] as const) {
    const value = step.retry?.[setting];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      wrong(`has retry.${setting} ${value}: it is a number of milliseconds from 0`);
    }
  }
}

function assertDirect(
  { on, emits, direct = [], lettersOf }: StepDefinition,
  wrong: (problem: string) => never,
) {
  assertDistinct(direct, (id) => wrong(`names ${id} twice in "direct"`));
  const others = [...acceptedBy(on).map(({ contract }) => contract), ...emits.map(contractOf)];
  const elsewhere = new Set(others.map(({ id }) => id));
  for (const { contract } of acceptedBy(direct)) {
    if (elsewhere.has(contract.id))
      wrong(`names ${contract.id} in "direct" and in "on" or "emits": a message goes to one step or to all`);
  }
  if (lettersOf !== undefined && !direct.includes(lettersOf))
    wrong(`has lettersOf ${lettersOf.name}, which its "direct" does not list`);
}

function assertDistinct(contracts: StepDefinition['on'], twice: (id: string) => void): void {
  const seen = new Set<string>();
  for (const { id } of contracts.map(contractOf)) {
    if (seen.has(id)) twice(id);
    seen.add(id);
  }
}
