import type { Break, Change, Status } from './change.ts';

/** What a person is told of a change; nothing of one that is locked. */
export function told({ contract, status, breaks, consumedBy }: Change): string[] {
  if (status === 'locked') return [];
  const consumers = consumedBy.map(({ app, step }) => step ?? app);
  return [
    `${contract} ${SAID[status]}`,
    ...breaks.flatMap((one) => [`  ${sentence(one)}`, `    ${one.advice}`]),
    ...(breaks.length > 0 && consumers.length > 0 ? [`  consumed by ${consumers.join(', ')}`] : []),
    ...(breaks.length === 0 ? [`  ${LOCK_IT}`] : []),
  ];
}

const SAID: Readonly<Record<Status, string>> = {
  locked: 'is locked',
  new: 'is not locked',
  changed: 'has changed compatibly, and is not locked so',
  breaking: 'breaks what is locked',
  removed: 'is locked, and gone',
};

const LOCK_IT = 'Run troupe contracts lock, and commit contracts.lock.';

function sentence({ rule, direction, pointer, revision, message }: Break): string {
  const where = [
    ...(direction === undefined ? [] : [direction]),
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    ...(pointer === undefined ? [] : [`at ${pointer || 'the root'}`]),
  ];
  return `${message} (${[rule, ...where].join(', ')})`;
}

/** `7 contracts, as locked` */
export function allLocked({ length }: readonly Change[]): string {
  return `${length} contract${length === 1 ? '' : 's'}, as locked`;
}

/** A JUnit report: one case per contract, failed when it is not locked as it is. */
export function junit(changes: readonly Change[]): string {
  const cases = changes.map((change) => {
    const [title = '', ...rest] = told(change);
    const name = `<testcase classname="contracts" name="${escaped(change.contract)}"`;
    if (title === '') return `  ${name}/>`;
    const failure = `<failure type="${change.status}" message="${escaped(title)}">${escaped(rest.join('\n'))}</failure>`;
    return `  ${name}>\n    ${failure}\n  </testcase>`;
  });
  const failed = changes.filter(({ status }) => status !== 'locked').length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="troupe contracts check" tests="${changes.length}" failures="${failed}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters, which XML 1.0 cannot hold, become spaces. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (one) => ENTITIES[one] ?? one).replace(/[^\P{Cc}\n\t]/gu, ' ');
}
