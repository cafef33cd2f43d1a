import type { StoredMsg } from '@nats-io/jetstream';
import { notTried, type Outcome } from '../../rule.ts';
import { wrongType } from '../../samples.ts';
import type { Sent } from '../../stage/sending.ts';
import type { Result, Stage } from '../../stage/stage.ts';

/** Holds a rule against the dead letter of a message with a field of the wrong type. */
export async function ofLetter(
  stage: Stage,
  check: (letter: StoredMsg, sent: Sent) => readonly string[] | Promise<readonly string[]>,
): Promise<Outcome> {
  if (wrongType(stage.contract, stage.parts.samples.of(stage.contract)) === undefined)
    return notTried(`${stage.contract.id} takes anything`);
  const [letter, result] = await letterOf(stage);
  return letter === undefined ? [...result.silence, 'no dead letter was made'] : check(letter, result.sent);
}

/** Has a message with headers of all kinds set aside. */
export async function letterOf(stage: Stage): Promise<[StoredMsg | undefined, Result]> {
  const message = stage.message({ extensions: { conformance1: 'kept as it is' } });
  const data = wrongType(stage.contract, message.data) ?? {};
  const headers = [
    ...message.headers,
    ['X-Conformance', '50% "raw"'],
    ['X-Conformance', 'twice'],
    ['Nats-Expected-Stream', stage.names.events],
  ] as const;
  const result = await stage.result(await stage.send(message, { headers, payload: JSON.stringify(data) }));
  return [result.letters[0], result];
}
