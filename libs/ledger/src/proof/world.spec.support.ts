import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nanos } from '@nats-io/nats-core';
import { Connection, DeadLetters, silentLogger } from '@troupe/jetstream';
import { expect, onTestFinished } from 'vitest';
import type { Ledger, LedgerOptions } from '../ledger.ts';
import type { Flow, StepNode } from '../model/flow.ts';
import { stepsOf } from '../model/judge.ts';
import { SMALL_STREAMS, Stage, startServer, until } from '../stage.spec.support.ts';
import { Crew } from './crew.spec.support.ts';
import { JOBS, JobOpened } from './jobs.spec.support.ts';
import { Oracle } from './oracle.spec.support.ts';
import { jobSteps } from './steps.spec.support.ts';

const ACK_WAIT_MS = 3_000;
/** Short, so that a step that is killed sends what is stored already once more, and it is stored twice. */
const STREAMS = { ...SMALL_STREAMS, duplicateWindowMs: 1_000 };

/** Processes, a ledger and what is known without it. */
export class World {
  #ledger: Ledger | undefined;

  private constructor(
    readonly stage: Stage,
    readonly folder: string,
    readonly crew: Crew,
  ) {}

  static async make(): Promise<World> {
    const stage = await Stage.on(await startServer());
    const folder = mkdtempSync(join(tmpdir(), 'troupe-ledger-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const newer = await stage.app('shop', jobSteps(folder), { version: '2.0.0', streams: STREAMS });
    await newer.stop();
    for (const stream of [stage.names.events, stage.names.delayed('shop')]) {
      for await (const { name, config } of stage.manager.consumers.list(stream)) {
        const { durable_name: _name, deliver_policy: _began, ...settings } = config;
        await stage.manager.consumers.update(stream, name, { ...settings, ack_wait: nanos(ACK_WAIT_MS) });
      }
    }
    const environment = { SERVER: stage.server.url, PREFIX: stage.prefix, FOLDER: folder };
    const crew = new Crew('process', 2, { ...environment, STREAMS: JSON.stringify(STREAMS) });
    return new World(stage, folder, crew);
  }

  /** Sends jobs, some of them twice under one id. */
  async load(count: number, pauseMs = 30): Promise<void> {
    const shop = await this.stage.app('storefront', [], { produces: [JobOpened], streams: STREAMS });
    for (let n = 0; n < count; n++) {
      const sent = await shop.producer.send(JobOpened, { job: `j${n}` }, { id: `job-${n}` });
      if (n % 10 === 0)
        await shop.producer.send(JobOpened, { job: `j${n}` }, { id: `job-${n}`, flowId: sent.flowId });
      await delay(pauseMs);
    }
  }

  /** Kills processes of the app, one after the other. */
  async killSome(): Promise<void> {
    for (let n = 0; n < 6; n++) {
      await delay(600 + 150 * n);
      this.crew.kill(n);
    }
  }

  get ledger(): Ledger {
    if (this.#ledger === undefined) throw new Error('The ledger is not open.');
    return this.#ledger;
  }

  /** Closes the ledger, and opens it where it ended. */
  async reopen(store = join(this.folder, 'ledger.sqlite')): Promise<void> {
    await this.#ledger?.close();
    this.#ledger = await this.open(store);
  }

  open(store: string): Promise<Ledger> {
    const businessKeys = { 'job.opened.v1': ['/job'] };
    return this.stage.ledger({ store, choreography: JOBS, businessKeys } satisfies LedgerOptions);
  }

  /** Whatever the ledger says now must be so: the journals are read after it spoke. */
  async compareNow(job: string, seen: Set<string>, ledger = this.ledger): Promise<void> {
    const { flows } = await ledger.where(job);
    const page = await ledger.flows({ state: 'completed', limit: 20 });
    const oracle = new Oracle(this.folder);
    for (const flow of [...flows, ...page.flows]) {
      for (const step of stepsOf(flow.roots)) {
        const { state } = step.settlement;
        seen.add(state);
        if (state === 'done' && !oracle.finished.has(keyOf(step)))
          throw new Error(`${keyOf(step)} is called done and is not: ${JSON.stringify(step)}`);
      }
      const name = jobOf(flow);
      if (flow.state === 'completed' && !oracle.isCompleted(name))
        throw new Error(`${name} is called completed and is not: ${JSON.stringify(flow)}`);
    }
    await delay(20);
  }

  /** Waits until no consumer has anything to hand out or to be answered, no retry is scheduled, and the ledger knows. */
  async settled(ledger = this.ledger): Promise<void> {
    const { manager, names } = this.stage;
    let busy: string[] = [];
    const isQuiet = async (): Promise<boolean> => {
      busy = [];
      for (const stream of [names.events, names.delayed('shop')]) {
        for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(stream))
          if (name.includes('__') && num_pending + num_ack_pending > 0)
            busy.push(`${name} ${num_pending} ${num_ack_pending}`);
      }
      const scheduled = names.scheduleSubject('shop', '*');
      const { state } = await manager.streams.info(names.delayed('shop'), { subjects_filter: scheduled });
      busy.push(...Object.keys(state.subjects ?? {}));
      return busy.length === 0;
    };
    await until('all is settled', isQuiet, 60_000, () => busy);
    const quietAt = Date.now();
    await until('the ledger knows', () => ledger.freshness().asOf > quietAt);
  }

  /**
   * Waits until the ledger says what handlers and dead letters do. What it did not hear while it was closed it learns
   * from the consumers, whom it asks now and then.
   */
  async agree(letters: ReadonlySet<string>, ledger = this.ledger): Promise<void> {
    let found: string[] = [];
    const none = async (): Promise<boolean> => {
      found = await this.#differences(letters, ledger);
      return found.length === 0;
    };
    await until('nothing differs', none, 10_000, () => found);
  }

  /** What the ledger says otherwise, of every message × step. */
  async #differences(letters: ReadonlySet<string>, ledger: Ledger): Promise<string[]> {
    const oracle = new Oracle(this.folder);
    const known = new Set<string>();
    const found: string[] = [];
    for (const flow of await allOf(ledger)) {
      for (const step of stepsOf(flow.roots)) {
        const key = keyOf(step);
        known.add(key);
        const really = letters.has(key) ? 'dead-lettered' : oracle.finished.has(key) ? 'done' : 'open';
        const { state } = step.settlement;
        if (state !== really)
          found.push(`${key} is ${really}, the ledger says ${JSON.stringify(step.settlement)}`);
      }
    }
    for (const key of oracle.started) if (!known.has(key)) found.push(`${key} is not known`);
    return found;
  }

  /** Flows in any other state. */
  async others(state: Flow['state']): Promise<Flow[]> {
    return (await allOf(this.ledger)).filter((flow) => flow.state !== state);
  }

  async redriveAll(): Promise<void> {
    const connection = new Connection({ servers: this.stage.server.url }, silentLogger);
    await connection.connected();
    const letters = await DeadLetters.open(connection, this.stage.prefix);
    const operation = await letters.redrive({ filter: {} }, { by: 'the test', why: 'it is mended' });
    expect(operation).toMatchObject({ state: 'done', counts: { failed: 0, refused: 0 } });
    letters.close();
    await connection.close();
  }
}

async function allOf(ledger: Ledger): Promise<Flow[]> {
  const all: Flow[] = [];
  let page = await ledger.flows({ limit: 500 });
  all.push(...page.flows);
  while (page.cursor !== undefined) {
    page = await ledger.flows({ limit: 500, cursor: page.cursor });
    all.push(...page.flows);
  }
  return all;
}

function keyOf({ step, message }: StepNode & { readonly message: { readonly id: string } }): string {
  return `${step} ${message.id}`;
}

function jobOf({ roots }: Flow): string {
  return `j${roots.find(({ message }) => message.type === 'job.opened.v1')?.message.id.slice('job-'.length)}`;
}
