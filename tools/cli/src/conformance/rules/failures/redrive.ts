import { digest, laneOf } from '../../ids.ts';
import { type Message, partitionKeyOf } from '../../message.ts';
import { differs, notTried, type Rule } from '../../rule.ts';
import type { Transport } from '../../stage/sending.ts';
import type { Result, Stage } from '../../stage/stage.ts';
import { eventOf } from '../../stage/stored.ts';
import { kindsOf, nothingSent, undone } from '../taken.ts';

export const redrive: Rule = {
  id: 'redrive',
  tries: 'sends a message to the step alone, and then to all',
  async check(stage) {
    const redriven = await toStep(stage, stage.message());
    const afterwards = await stage.result(await stage.send(redriven.sent.message));
    const faults = [...undone(redriven), ...undone(afterwards)];
    if (redriven.outputs.length === 0 && (await stage.trial()).outputs.length === 0)
      return faults.length > 0 ? faults : notTried(nothingSent(stage));
    const ids = new Set(redriven.outputs.map((output) => eventOf(output)?.id));
    const others = afterwards.outputs.filter((output) => !ids.has(eventOf(output)?.id));
    return [
      ...faults,
      ...(redriven.outputs.length === 0 ? ['nothing came of the redrive'] : []),
      ...(others.length > 0 ? ['its outputs have other ids than those of the message itself'] : []),
    ];
  },
};

export const redriveLetter: Rule = {
  id: 'redrive-letter',
  tries: 'redrives an invalid message: it is set aside again',
  async check(stage) {
    const { names, subject } = stage;
    const { sent, answers, silence } = await toStep(stage, stage.message(), { payload: '{' });
    const letters = (await stage.parts.letters.all()).filter(
      ({ header }) => header.get('ce-id') === sent.message.id,
    );
    const [letter] = letters;
    if (letter === undefined) return [...silence, 'no dead letter was made'];
    const { header } = letter;
    const id = digest(names.delayed(subject.app), subject.name, String(sent.seq), '1');
    return [
      ...silence,
      ...(letters.length === 1 ? [] : [`it made ${letters.length} dead letters, not one`]),
      ...differs('Nats-Msg-Id', header.get('Nats-Msg-Id'), id),
      ...differs('x-dlq-consumer', header.get('x-dlq-consumer'), subject.name),
      ...Object.entries(ORIGIN).flatMap(([name, value]) => differs(name, header.get(name), value)),
      ...differs('the answers to it', kindsOf(answers), ['term']),
    ];
  },
};

/** What a redrive carries of what was before; a copy of it keeps that. */
const ORIGIN = {
  'x-original-subject': 'evt.conformance.before.v1.0',
  'x-original-stream': 'EVENTS',
  'x-original-seq': '4711',
  'x-original-published-at': '2026-01-31T12:00:00.000Z',
  'x-first-failed-at': '2026-01-31T12:00:01.000Z',
  'x-redrive-count': '1',
  'x-redrive-of': '42',
  'x-redrive-operation': 'conformance',
} as const;

async function toStep(stage: Stage, message: Message, transport: Transport = {}): Promise<Result> {
  const { app, step } = stage.subject;
  const key = partitionKeyOf(message.contract, message.data, message.flowId);
  const subject = `${stage.names.redriveSubject(app, step)}.${laneOf(key, stage.parts.lanes)}`;
  const headers = [...message.headers, ...Object.entries(ORIGIN)];
  return stage.result(await stage.send(message, { ...transport, headers, subject }));
}
