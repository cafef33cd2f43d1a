import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { type ContractClass, contractOf } from '@troupe/contract';
import { next, type Runtime } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OrchestrationRequest } from '../direct.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import {
  ItemMissing,
  ItemPicked,
  ParcelDropped,
  ParcelPaid,
  ParcelReady,
  ParcelRequested,
  PickItem,
  PutBack,
  ReleaseStation,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';
import { lossy, PLACES } from './lossy.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 180_000 });

const PARCELS = Array.from({ length: 60 }, (_, index) => `p-${index}`);
const ITEMS = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('orchestrations under faults by chance', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('end as they would without them, with every command sent once and everything undone that was done', async () => {
    const seed = Date.now() % 1_000_000;
    const chance = chanceOf(seed);
    const stage = await Stage.on(server);
    await stage.workers({
      pick: ({ item }) => (isMissing(item) ? next(ItemMissing, { item }) : next(ItemPicked, { item })),
    });
    // Each message is lost twice at most by each process, or it would be called poison.
    const orchestrator = (): Promise<Runtime> => {
      const losses = new Map<string, number>();
      return stage.app('shop', [
        lossy(parcelOptions, (id) => {
          const before = losses.get(id) ?? 0;
          if (before === 2 || chance() > 0.2) return undefined;
          losses.set(id, before + 1);
          return PLACES[Math.floor(chance() * PLACES.length)];
        }),
      ]);
    };
    const [shop] = await Promise.all([orchestrator(), orchestrator(), orchestrator()]);

    const cancelled = new Set(PARCELS.filter(() => chance() < 0.25));
    for (const parcel of PARCELS) {
      await stage.request(
        parcel,
        ITEMS.map((item) => `${parcel}/${item}`),
      );
      await stage.pay(parcel);
      if (cancelled.has(parcel))
        await shop.direct.send(
          'parcel',
          OrchestrationRequest,
          { kind: 'cancel' },
          { id: `cancel-${parcel}`, flowId: parcel },
        );
      if (chance() < 0.3) await again(stage, chance);
    }
    const ends = new Map<string, string>();
    for (const parcel of PARCELS) ends.set(parcel, (await stage.ended(parcel)).status);
    for (let n = 0; n < 30; n++) await again(stage, chance);
    await stage.settled('workers');
    await stage.settled('shop');
    await stage.settled('workers');

    const why = `seed ${seed}`;
    for (const parcel of PARCELS) {
      const of = async <T extends object>(contract: ContractClass<T>) =>
        (await sent(stage, contract)).filter(({ flow }) => flow === parcel);
      const record = await stage.record(parcel);
      const status = ends.get(parcel);
      if (!cancelled.has(parcel)) expect(status, why).toBe('completed');
      if (status === 'completed') {
        const picked = ITEMS.map((item) => `${parcel}/${item}`).filter((item) => !isMissing(item));
        expect(record?.snapshot?.context.picked, why).toEqual(picked);
      }
      expect((await of(ReserveStation)).length, why).toBeLessThanOrEqual(1);
      const picks = (await of(PickItem)).map(({ item }) => item);
      expect(new Set(picks).size, why).toBe(picks.length);
      expect(await of(status === 'completed' ? ParcelReady : ParcelDropped), why).toHaveLength(1);
      expect(await of(status === 'completed' ? ParcelDropped : ParcelReady), why).toHaveLength(0);
      const undone =
        status === 'completed' ? [] : [...new Set((await of(ItemPicked)).map(({ item }) => item))].sort();
      expect((await of(PutBack)).map(({ item }) => item).sort(), why).toEqual(undone);
      const reserved = new Set((await of(StationReserved)).map(({ id }) => id)).size;
      expect(await of(ReleaseStation), why).toHaveLength(status === 'completed' ? 0 : reserved);
    }
    expect(await stage.deadLetters(), why).toEqual([]);
  });

  /** Puts a message once more that came before: the stream takes it when it has forgotten its id. */
  async function again(stage: Stage, chance: () => number): Promise<void> {
    const contracts = [ParcelRequested, ParcelPaid, StationReserved, ItemPicked, ItemMissing];
    const contract = contracts[Math.floor(chance() * contracts.length)] as ContractClass;
    const subject = `${stage.names.contractSubject(contractOf(contract))}.*`;
    const seq =
      1 + Math.floor(chance() * (await stage.manager.streams.info(stage.names.events)).state.last_seq);
    const found = await stage.manager.direct.getMessage(stage.names.events, { seq, next_by_subj: subject });
    if (found === null) return;
    const stored = found.subject;
    found.header.set('Nats-Msg-Id', `again-${chance()}`);
    for (const name of [
      'Nats-Stream',
      'Nats-Subject',
      'Nats-Sequence',
      'Nats-Time-Stamp',
      'Nats-Num-Pending',
    ])
      found.header.delete(name);
    await stage.desk.connection.client.request(stored, found.data, {
      headers: found.header,
      timeout: 10_000,
    });
  }
});

/** Read once for all parcels. */
const read = new Map<unknown, Promise<readonly { readonly flow: string; readonly id: string }[]>>();

function sent<T extends object>(stage: Stage, contract: ContractClass<T>): ReturnType<typeof stage.sent<T>> {
  const known = read.get(contract) ?? stage.sent(contract);
  read.set(contract, known);
  return known as ReturnType<typeof stage.sent<T>>;
}

function isMissing(item: string): boolean {
  return item.endsWith('/c');
}

/** The same numbers between 0 and 1 for the same seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
