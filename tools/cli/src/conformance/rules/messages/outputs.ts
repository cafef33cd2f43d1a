import type { StoredMsg } from '@nats-io/jetstream';
import { digest, laneOf } from '../../ids.ts';
import { partitionKeyOf } from '../../message.ts';
import { differs, type Rule } from '../../rule.ts';
import type { Fields } from '../../samples.ts';
import type { Stage } from '../../stage/stage.ts';
import { eventOf } from '../../stage/stored.ts';
import { ofOutputs, undone } from '../taken.ts';

/** A wrong lane may be the right one by chance. */
const MESSAGES = 8;

export const taken: Rule = {
  id: 'taken',
  tries: 'sends a valid message of each contract',
  async check(stage) {
    return (await stage.trials()).flatMap(undone);
  },
};

export const declared: Rule = {
  id: 'declared',
  tries: 'looks at the types of outputs, and their data',
  check: (stage) =>
    ofOutputs(stage, (output) => {
      const event = eventOf(output);
      const contract = stage.subject.emits.find(({ id }) => id === event?.type);
      if (contract === undefined) return [`it sent ${event?.type}, which it does not declare`];
      return contract
        .violationsOfProduced(event?.data)
        .map(({ path, message }) => `${contract.id} breaks its contract: ${path || '/'}: ${message}`);
    }),
};

export const outputSubject: Rule = {
  id: 'output-subject',
  tries: 'compares subject and lane of outputs, in an environment that has not 32 lanes',
  check: (stage) => {
    const several = Array.from({ length: MESSAGES }, () => stage.try());
    const inPlace = (output: StoredMsg): string[] => {
      const event = eventOf(output);
      const contract = contractOf(stage, event?.type);
      if (contract === undefined) return [];
      const key = partitionKeyOf(contract, event?.data, event?.correlationid ?? '');
      const subject = `${stage.names.contractSubject(contract)}.${laneOf(key, stage.parts.lanes)}`;
      return differs(`the subject of ${contract.id}`, output.subject, subject);
    };
    return ofOutputs(
      stage,
      inPlace,
      Promise.all([stage.trials(), ...several]).then((all) => all.flat()),
    );
  },
};

export const partitionKey: Rule = {
  id: 'partition-key',
  tries: 'compares ce-partitionkey of outputs with the field that their contract names',
  check: (stage) =>
    ofOutputs(stage, (output) => {
      const event = eventOf(output);
      const contract = contractOf(stage, event?.type);
      if (contract === undefined || event === undefined) return [];
      const flow = event.correlationid ?? '';
      const key = partitionKeyOf(contract, event.data, flow);
      return differs(`ce-partitionkey of ${contract.id}`, event.partitionkey, key === flow ? undefined : key);
    }),
};

export const outputId: Rule = {
  id: 'output-id',
  tries: 'computes the ids of outputs',
  check: (stage) =>
    ofOutputs(stage, (output, { sent, outputs }) => {
      const event = eventOf(output);
      if (event === undefined) return [];
      const { message } = sent;
      const siblings = outputs.filter((one) => eventOf(one)?.type === event.type);
      // Which key an output has, its step alone knows; most take it from the data.
      const keys = ['', ...textsIn(event.data)];
      const ids = keys.map((key) =>
        digest('/conformance', message.id, stage.subject.name, event.type ?? '', key),
      );
      if (ids.includes(event.id)) return [];
      if (siblings.length > 1)
        return [`the id of ${event.type}, ${event.id}, is that of no text in its data`];
      return [
        `the id of ${event.type} is ${event.id}, not ${ids[0]}, nor that with a text of its data as key`,
      ];
    }),
};

export const messageId: Rule = {
  id: 'message-id',
  tries: 'computes Nats-Msg-Id of outputs',
  check: (stage) =>
    ofOutputs(stage, (output) => {
      const event = eventOf(output);
      if (event === undefined) return [];
      const alone = digest(event.source, event.id);
      const asOlder = digest(event.source, event.id, event.type);
      const isOlder =
        event.extensions.alsosentas !== undefined && output.header.get('Nats-Msg-Id') === asOlder;
      return differs(
        `Nats-Msg-Id of ${event.type}`,
        output.header.get('Nats-Msg-Id'),
        isOlder ? asOlder : alone,
      );
    }),
};

function contractOf({ subject }: Stage, id: string | undefined) {
  return subject.emits.find((one) => one.id === id);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value as Fields).flatMap(textsIn);
}
