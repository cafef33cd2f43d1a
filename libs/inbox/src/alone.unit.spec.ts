import { Names, type Outlet } from '@troupe/jetstream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Alone } from './alone.ts';
import { until } from './until.spec.support.ts';

describe('an app with embedded databases', () => {
  it('runs once: the younger instance refuses to start', async () => {
    const bus = new Bus();
    const first = await established(bus);
    await expect(instance(bus).listen()).rejects.toMatchObject({ code: 'TROUPE_INBOX_INSTANCE' });
    expect(first.rival).toBeUndefined();
  });

  it('runs once when two instances start at the same time', async () => {
    const bus = new Bus();
    const starts = await Promise.allSettled([instance(bus).listen(), instance(bus).listen()]);
    expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('runs beside another app', async () => {
    const bus = new Bus();
    await established(bus);
    await expect(instance(bus, { app: 'another' }).listen()).resolves.toBeUndefined();
  });

  it('yields in one of two instances that did not hear one another, as soon as they do', async () => {
    const bus = new Bus();
    bus.isCut = true;
    const both = [await established(bus), await established(bus)];
    expect(both.map(({ rival }) => rival)).toEqual([undefined, undefined]);
    bus.isCut = false;
    await until('one yields', () => both.some(({ rival }) => rival !== undefined));
    expect(both.filter(({ rival }) => rival === undefined)).toHaveLength(1);
  });

  it('yields to an instance with a shared database, which minds no other', async () => {
    const bus = new Bus();
    const embedded = await established(bus);
    const shared = [await established(bus, { shared: true }), await established(bus, { shared: true })];
    await until('it yields', () => embedded.rival !== undefined);
    expect(shared.map(({ rival }) => rival)).toEqual([undefined, undefined]);
    await expect(instance(bus).listen()).rejects.toMatchObject({ code: 'TROUPE_INBOX_INSTANCE' });
  });
});

type Callback = (error: null, message: { json(): unknown }) => void;

/** What the instances have in common; it carries nothing while it is cut. */
class Bus {
  isCut = false;
  readonly #listeners = new Map<string, Set<Callback>>();

  /** The part of a client that an instance uses. */
  client(): object {
    return {
      subscribe: (subject: string, { callback }: { callback: Callback }) => {
        const listeners = this.#listeners.get(subject) ?? new Set();
        this.#listeners.set(subject, listeners.add(callback));
        return { unsubscribe: () => listeners.delete(callback) };
      },
      publish: (subject: string, text: string) => {
        if (this.isCut) return;
        for (const hear of this.#listeners.get(subject) ?? [])
          queueMicrotask(() => hear(null, { json: () => JSON.parse(text) }));
      },
      flush: async () => {},
      isClosed: () => false,
      isDraining: () => false,
    };
  }
}

function instance(bus: Bus, { app = 'bank', shared = false } = {}): Alone {
  const client = bus.client() as Outlet['client'];
  const alone = new Alone({ app, names: new Names(), client }, shared);
  onTestFinished(() => alone.stop());
  return alone;
}

async function established(bus: Bus, options: { shared?: boolean } = {}): Promise<Alone> {
  const alone = instance(bus, options);
  await alone.listen();
  alone.establish();
  return alone;
}
