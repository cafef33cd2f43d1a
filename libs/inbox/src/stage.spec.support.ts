import { jetstreamManager } from '@nats-io/jetstream';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { contractOf } from '@troupe/contract';
import { next, Runtime, type RuntimeOptions, type StepDefinition } from '@troupe/jetstream';
import { onTestFinished } from 'vitest';
import {
  AccountCredited,
  credit,
  migrations,
  SMALL_STREAMS,
  TransferAsked,
  TransferAskedV2,
} from './bank.spec.support.ts';
import type { Database } from './database/database.ts';
import { Inbox } from './inbox.ts';
import { until } from './until.spec.support.ts';

export async function startServer(): Promise<NatsServer> {
  const server = await startNatsServer();
  onTestFinished(() => server.stop());
  return server;
}

/** Asks for transfers and reads the credits. */
export async function openTeller(server: NatsServer) {
  const teller = runtimeOf(server, { app: 'teller', produces: [TransferAsked, TransferAskedV2] });
  await teller.start();
  const manager = await jetstreamManager(teller.connection.client);
  const subject = `${teller.names.contractSubject(contractOf(AccountCredited))}.*`;
  return {
    ask: (to: string, id = to) => teller.producer.send(TransferAsked, { to, amount: 1 }, { id }),
    /** As both majors at once. */
    askAsBoth: (to: string) => {
      const also = next(TransferAsked, { to, amount: 1 });
      return teller.producer.send(TransferAskedV2, { account: to, amount: 1 }, { id: to, also });
    },
    /** Sends the last transfer under another message id, as the stream takes it once it has forgotten the first. */
    again: async (): Promise<void> => {
      const last_by_subj = `${teller.names.contractSubject(contractOf(TransferAsked))}.*`;
      const asked = await manager.direct.getMessage('EVENTS', { last_by_subj });
      if (asked === null) throw new Error('nothing was asked');
      asked.header.set('Nats-Msg-Id', 'another');
      await teller.connection.client.request(asked.subject, asked.data, {
        headers: asked.header,
        timeout: 10_000,
      });
    },
    /** All credits that the stream stored, in order, doubles included. */
    stored: async (): Promise<string[]> => {
      const found: string[] = [];
      for (let seq = 1; ; ) {
        const message = await manager.direct.getMessage('EVENTS', { seq, next_by_subj: subject });
        if (message === null) return found;
        found.push(message.json<AccountCredited>().to);
        seq = message.seq + 1;
      }
    },
    /** Resolves when the step has answered all that it was given. */
    settled: async (major = 1): Promise<void> => {
      await until('the step is done', async () => {
        const info = await manager.consumers.info('EVENTS', `bank__credit__transfer_asked_v${major}`);
        return info.num_pending + info.num_ack_pending === 0;
      });
    },
    /** Takes the step's place in the first major away: its next build begins there anew. */
    forget: () => manager.consumers.delete('EVENTS', 'bank__credit__transfer_asked_v1'),
  };
}

export interface Bank {
  readonly inbox: Inbox;
  readonly runtime: Runtime;
}

/** An instance of the bank, not started; it stops with the test. */
export function bankOf(server: NatsServer, database: Database, change: Partial<StepDefinition> = {}): Bank {
  const inbox = new Inbox(database, { app: 'bank', migrations });
  const runtime = runtimeOf(server, { app: 'bank', steps: [credit(inbox, change)] });
  return { inbox, runtime };
}

export async function openBank(
  server: NatsServer,
  database: Database,
  change: Partial<StepDefinition> = {},
): Promise<Bank> {
  const bank = bankOf(server, database, change);
  await bank.runtime.start();
  return bank;
}

function runtimeOf(server: NatsServer, options: Pick<RuntimeOptions, 'app' | 'steps' | 'produces'>): Runtime {
  const runtime = new Runtime({
    version: '1.0.0',
    connection: { servers: server.url },
    streams: SMALL_STREAMS,
    ...options,
  });
  onTestFinished(() => runtime.stop(1_000));
  return runtime;
}
