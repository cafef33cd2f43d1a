import {
  type Effects,
  type EffectsKey,
  EffectsUnavailableError,
  type OutgoingMessage,
  type Outlet,
} from '@troupe/jetstream';
import type { Definition } from '../definition/definition.ts';
import { Bucket } from './bucket.ts';
import { FanOuts } from './fan-outs.ts';
import type { Ground } from './ground.ts';
import { Guard } from './guard.ts';
import { type Instance, Instances } from './instances.ts';
import { inputKey } from './keep.ts';
import { tellMachines } from './machines.ts';
import { isPublished, Publication } from './publication.ts';
import { Remembered } from './remembered.ts';
import { Reports } from './reports.ts';
import { Starts } from './starts.ts';
import { Turn } from './turn.ts';
import { Turns } from './turns.ts';

/** Races for one record that a message may lose before it is handed back. */
const MOST_RACES = 20;
/** Inputs whose messages are being sent. */
const MOST_UNDER_WAY = 10_000;

/**
 * Runs the instances of one orchestration, as the effects of its step: what a message means is decided, written by
 * compare-and-set together with what is to be sent, and then sent. Any number of processes may do it at once.
 */
export class Engine implements Effects<Turn> {
  #ground: Ground | undefined;
  #closed = false;
  readonly #underWay = new Remembered<Instance>(MOST_UNDER_WAY);

  /** @param keepDays how long an instance stays after its end */
  constructor(
    private readonly definition: Definition,
    private readonly keepDays: number,
  ) {}

  get problem(): string | undefined {
    return this.#ground?.guard.problem;
  }

  async open(outlet: Outlet): Promise<void> {
    const { definition } = this;
    const { app, names, client } = outlet;
    const bucket = await Bucket.of(client, names.orchestrations(app), {
      api: names.api,
      store: outlet.store,
    });
    const guard = new Guard(bucket, outlet);
    const starts = await Starts.of(outlet, definition.name, definition.options.starts);
    await guard.open(() => starts.any());
    await tellMachines(bucket, definition);
    const instances = new Instances(bucket, definition.name, this.keepDays);
    const fanOuts = new FanOuts(bucket, definition.name, instances.ttl);
    const publication = new Publication({ definition, outlet }, fanOuts);
    this.#ground = {
      definition,
      outlet,
      guard,
      starts,
      instances,
      fanOuts,
      publication,
      reports: new Reports(outlet.consoleUrl),
      turns: new Turns(),
    };
    if (this.#closed) guard.close(); // meanwhile
  }

  async process(
    key: EffectsKey,
    work: (turn: Turn) => Promise<readonly OutgoingMessage[]>,
  ): Promise<readonly OutgoingMessage[]> {
    const ground = this.#ground;
    const problem = ground === undefined ? 'The orchestrations are not opened yet.' : this.problem;
    if (ground === undefined || problem !== undefined) throw new EffectsUnavailableError(problem ?? '');
    const turn = new Turn(ground, key);
    try {
      for (let race = 0; race < MOST_RACES; race++) {
        const messages = await work(turn);
        const instance = await turn.keep();
        if (instance === 'lost') continue;
        if (instance !== undefined && messages.length > 0) this.#underWay.set(inputKey(key), instance);
        return messages;
      }
      throw new EffectsUnavailableError(
        `Other processes were faster ${MOST_RACES} times with one orchestration.`,
      );
    } finally {
      turn.end();
    }
  }

  published(key: EffectsKey): void {
    const instance = this.#underWay.get(inputKey(key));
    const left = instance?.unpublished.find(({ input }) => input === inputKey(key));
    if (instance === undefined || left === undefined) return;
    this.#underWay.delete(inputKey(key));
    isPublished(instance, left);
    for (const fanOut of left.fanOuts) {
      // Not known to be sent, they would be sent once more by whoever reads the record.
      void this.#ground?.fanOuts.sent(instance.id, fanOut, 1).catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ground?.guard.close();
  }
}
