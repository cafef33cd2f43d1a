import { setTimeout as delay } from 'node:timers/promises';
import type { StreamInfo } from '@nats-io/jetstream';
import { notTried, type Rule } from '../../rule.ts';
import { eventOf } from '../../stage/stored.ts';
import { until } from '../../stage/until.ts';
import { nothingSent, undone } from '../taken.ts';

export const again: Rule = {
  id: 'again',
  tries: 'sends a message once more under another Nats-Msg-Id',
  async check(stage) {
    const first = await stage.try();
    const second = await stage.result(await stage.send(first.sent.message));
    const ids = new Set(first.outputs.map((output) => eventOf(output)?.id));
    const others = second.outputs.filter((output) => !ids.has(eventOf(output)?.id));
    const doubled = second.outputs.length - first.outputs.length - others.length;
    return [
      ...undone(second),
      ...others.map((output) => `the second time it sent ${eventOf(output)?.type} under another id`),
      ...(doubled > 0 ? [`the second time ${doubled} outputs were stored again`] : []),
    ];
  },
};

export const ackLast: Rule = {
  id: 'ack-last',
  tries: 'compares the order of outputs and acknowledgement as they pass the broker',
  async check(stage) {
    const { sent, outputs, answers } = await stage.trial();
    if (outputs.length === 0) return notTried(nothingSent(stage));
    const ids = new Set(outputs.map(({ header }) => header.get('Nats-Msg-Id')));
    const passed = stage.parts.tap.passed.filter(({ message }) =>
      ids.has(message.headers?.get('Nats-Msg-Id') ?? ''),
    );
    const [ack] = answers.filter(({ kind }) => kind === 'ack');
    const late = passed.filter(({ place }) => ack !== undefined && place > ack.place);
    return late.length === 0
      ? []
      : [`${sent.message.contract.id} was acknowledged before ${late.length} of its outputs were sent`];
  },
};

/** How long a step is watched after the stream refused an output, in ms, when it does not try again. */
const WATCH_MS = 2_000;
/** The stream is as it was: it has no limit of this kind. */
const ROOM = -1;
const QUIET_MS = 300;

export const ackStored: Rule = {
  id: 'ack-stored',
  tries: 'lets the stream refuse outputs for a while',
  needs: 'broker',
  async check(stage) {
    const usual = await stage.trial();
    if (usual.outputs.length === 0) return notTried(nothingSent(stage));
    const { manager, tap } = stage.parts;
    const { events } = stage.names;
    const whileFull = async <T>(use: () => Promise<T>): Promise<T> => {
      const { state } = await quiet(() => manager.streams.info(events));
      await manager.streams.update(events, { max_msgs: state.messages + 1 });
      try {
        return await use();
      } finally {
        await manager.streams.update(events, { max_msgs: ROOM });
      }
    };
    const { sent, wasAnswered } = await whileFull(async () => {
      const sent = await stage.send(stage.message());
      const isAnswered = () => stage.answersTo(sent).some(({ kind }) => kind === 'ack' || kind === 'term');
      const attempts = () =>
        tap.passed.filter(({ message }) => message.headers?.get('ce-causationid') === sent.message.id).length;
      await until(() => isAnswered() || attempts() > 0, stage.parts.answerMs);
      await until(() => isAnswered() || attempts() > usual.outputs.length, WATCH_MS);
      return { sent, wasAnswered: isAnswered() };
    });
    if (wasAnswered) return ['it was done with a message whose outputs the stream had refused'];
    const result = await stage.result(sent);
    const lost = result.outputs.length === 0 && undone(result).length === 0;
    return [...undone(result), ...(lost ? ['what the stream had refused was never sent again'] : [])];
  },
};

/** What other steps of the app still do with earlier messages would take the room. */
async function quiet(look: () => Promise<StreamInfo>): Promise<StreamInfo> {
  for (let before = await look(); ; ) {
    await delay(QUIET_MS);
    const now = await look();
    if (now.state.last_seq === before.state.last_seq) return now;
    before = now;
  }
}
