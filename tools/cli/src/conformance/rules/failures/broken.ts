import { differs, notTried, type Outcome, type Rule } from '../../rule.ts';
import { tooDeep, withoutRequired, wrongType } from '../../samples.ts';
import type { Transport } from '../../stage/sending.ts';
import type { Result, Stage } from '../../stage/stage.ts';
import { kindsOf } from '../taken.ts';

export const invalidType: Rule = {
  id: 'invalid-type',
  tries: 'sends a field of the wrong type',
  check: (stage) => invalid(stage, wrongType),
};

export const invalidMissing: Rule = {
  id: 'invalid-missing',
  tries: 'leaves out a field that must be there',
  check: (stage) => invalid(stage, withoutRequired),
};

export const invalidJson: Rule = {
  id: 'invalid-json',
  tries: 'sends a body that is no JSON',
  check: (stage) => aside(stage, 'contract-invalid', { payload: '{"orderId": "o-1",' }),
};

export const invalidEmpty: Rule = {
  id: 'invalid-empty',
  tries: 'sends an empty body',
  check: (stage) => aside(stage, 'contract-invalid', { payload: '' }),
};

export const invalidText: Rule = {
  id: 'invalid-text',
  tries: 'sends a body that is not UTF-8',
  check: (stage) =>
    aside(stage, 'contract-invalid', { payload: Buffer.from('{"conformance":"\xff\xfe"}', 'latin1') }),
};

export const invalidDepth: Rule = {
  id: 'invalid-depth',
  tries: 'sends an unknown field that is 10,000 levels deep',
  check: (stage) =>
    aside(stage, 'contract-invalid', { payload: tooDeep(stage.parts.samples.of(stage.contract)) }),
};

export const invalidAttributes: Rule = {
  id: 'invalid-attributes',
  tries: 'leaves out ce-id',
  check: (stage) => {
    const { headers } = stage.message();
    return aside(stage, 'contract-invalid', { headers: headers.filter(([name]) => name !== 'ce-id') });
  },
};

export const unknownType: Rule = {
  id: 'unknown-type',
  tries: 'sends a message of a contract that nobody has',
  check: async (stage) => {
    const message = stage.message({ type: 'conformance.unknown.v1' });
    return faultsOf(await stage.result(await stage.send(message)), 'contract-unknown');
  },
};

export const behind: Rule = {
  id: 'behind',
  tries: 'sends valid messages behind an invalid one',
  async check(stage) {
    const broken = await stage.send(stage.message(), { payload: '{' });
    const valid = await Promise.all([1, 2, 3].map(() => stage.send(stage.message())));
    const [, ...results] = await Promise.all([broken, ...valid].map((sent) => stage.result(sent)));
    const stuck = results.filter(({ answers }) => !answers.some(({ kind }) => kind === 'ack'));
    return stuck.length === 0 ? [] : [`${stuck.length} of 3 messages behind it were not done`];
  },
};

async function invalid(stage: Stage, breaking: typeof wrongType): Promise<Outcome> {
  const data = breaking(stage.contract, stage.parts.samples.of(stage.contract));
  if (data === undefined) return notTried(`${stage.contract.id} takes anything`);
  return aside(stage, 'contract-invalid', { payload: JSON.stringify(data) });
}

async function aside(stage: Stage, reason: string, transport: Transport): Promise<Outcome> {
  return faultsOf(await stage.result(await stage.send(stage.message(), transport)), reason);
}

/** What is wrong when a message was to be set aside at once: one letter, terminated, never tried again. */
function faultsOf({ answers, letters, outputs, silence }: Result, reason: string): string[] {
  const [letter] = letters;
  const count = letters.length === 1 ? [] : [`it made ${letters.length} dead letters, not one`];
  return [
    ...silence,
    ...count,
    ...(letter === undefined
      ? []
      : differs('x-dead-letter-reason', letter.header.get('x-dead-letter-reason'), reason)),
    ...(silence.length > 0 ? [] : differs('the answers to it', kindsOf(answers), ['term'])),
    ...(outputs.length === 0 ? [] : ['it was handled']),
  ];
}
