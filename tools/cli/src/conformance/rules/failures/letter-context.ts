import { differs, type Rule } from '../../rule.ts';
import { durableOf } from '../../stage/stage.ts';
import { ofLetter } from './letter-of.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export const letterContext: Rule = {
  id: 'letter-context',
  tries: 'looks at the other x- headers of a dead letter',
  async check(stage) {
    const { subject, contract } = stage;
    const version = (await stage.manifest())?.version;
    const durable = durableOf(subject.name, contract);
    const exact: Readonly<Record<string, string | undefined>> = {
      'x-dead-letter-reason': 'contract-invalid',
      'x-dlq-app': subject.app,
      'x-dlq-step': subject.step,
      'x-dlq-consumer': durable,
      'x-dlq-version': version === undefined ? undefined : encodeURI(version),
      'x-attempt': '0',
    };
    const formed: Readonly<Record<string, (value: string) => boolean>> = {
      'x-dlq-host': (value) => value !== '',
      'x-dlq-error-type': (value) => value !== '',
      'x-dlq-error-message': (value) => value !== '',
      'x-dlq-violations': areViolations,
      'x-dlq-sensitive': (value) => isListOf(value, contract.mask.paths),
      'x-dlq-fingerprint': (value) => /^[0-9a-f]{16}$/.test(value),
      'x-delivery-count': (value) => /^[1-9]\d*$/.test(value),
      'x-first-failed-at': (value) => TIME.test(value),
      'x-failed-at': (value) => TIME.test(value),
    };
    const absent = ['x-dlq-error-stack', 'x-redrive-count', 'x-redrive-of', 'x-edited-by'];
    return ofLetter(stage, ({ header }) => [
      ...Object.entries(exact).flatMap(([name, should]) =>
        differs(name, header.get(name) || undefined, should),
      ),
      ...Object.entries(formed)
        .filter(([name, isFormed]) => !isFormed(header.get(name)))
        .map(([name]) => `${name} is ${JSON.stringify(header.get(name))}`),
      ...absent.filter((name) => header.has(name)).map((name) => `${name} is there`),
    ]);
  },
};

function areViolations(value: string): boolean {
  const read = readJson(value) as { total?: unknown; shown?: unknown } | undefined;
  const isViolation = (one: unknown): boolean => {
    const { path, rule, message } = (one ?? {}) as Record<string, unknown>;
    return [path, rule, message].every((text) => typeof text === 'string');
  };
  const { total, shown } = read ?? {};
  return Number.isInteger(total) && Array.isArray(shown) && shown.length > 0 && shown.every(isViolation);
}

function isListOf(value: string, paths: readonly string[]): boolean {
  const read = readJson(value);
  return Array.isArray(read) && JSON.stringify([...read].sort()) === JSON.stringify([...paths].sort());
}

function readJson(encoded: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(encoded));
  } catch {
    return undefined;
  }
}
