import { MANIFEST_KEY } from '@troupe/jetstream';
import { differs, type Rule } from '../../rule.ts';
import type { Subject } from '../../subject.ts';
import { existing } from './durables.ts';

const VERSION = /^\d{1,9}\.\d{1,9}\.\d{1,9}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

export const manifest: Rule = {
  id: 'manifest',
  tries: 'reads the manifest of each consumer, and compares it with what the workspace says of the step',
  async check(stage) {
    return (await existing(stage)).flatMap(({ name, config }) =>
      wrongIn(config.metadata?.[MANIFEST_KEY], stage.subject).map((fault) => `${name}: ${fault}`),
    );
  },
};

function wrongIn(text: string | undefined, subject: Subject): string[] {
  if (text === undefined) return [`has no metadata ${MANIFEST_KEY}`];
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return ['the manifest is no JSON'];
  }
  if (typeof read !== 'object' || read === null) return ['the manifest is no JSON object'];
  const { format, app, version, step, consumes, emits, from, within } = read as Record<string, unknown>;
  return [
    ...differs('format', format, 1),
    ...differs('app', app, subject.app),
    ...(typeof version === 'string' && VERSION.test(version)
      ? []
      : [`version is ${JSON.stringify(version)}, which is no semantic one`]),
    ...differs('step', step, subject.name),
    ...differs('consumes', sorted(consumes), sorted(subject.consumes.map(({ id }) => id))),
    ...differs('emits', sorted(emits), sorted(subject.emits.map(({ id }) => id))),
    ...differs('from', from, subject.from),
    ...differs('within', within, subject.within),
  ];
}

function sorted(ids: unknown): unknown {
  return Array.isArray(ids) ? [...ids].sort() : ids;
}
