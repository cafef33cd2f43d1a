import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { expect, it } from 'vitest';
import { Stage, startServer } from '../stage.spec.support.ts';
import type { Alert, Change } from './alert.ts';
import { AlertBook } from './alert-book.ts';

const begun: Change = { state: 'firing', at: 1, since: 1, sentence: 's', count: 1 };

async function books() {
  const stage = await Stage.on(await startServer());
  const entries = await new Kvm(jetstream(stage.client)).create('book', { history: 1, allow_direct: false });
  const bookOf = () => new AlertBook(entries, stage.manager, 'book');
  const stored = async () => (await stage.manager.streams.info('KV_book')).state.messages;
  return { bookOf, stored };
}

it('is read by whoever takes over', async () => {
  const { bookOf } = await books();
  await bookOf().put([alertOf(), alertOf({ id: 'stream-filling/EVENTS' })]);
  const next = bookOf();
  await next.read();
  expect([...next.alerts.values()].map(({ id, untold }) => [id, untold])).toEqual([
    ['ledger-behind', [begun]],
    ['stream-filling/EVENTS', [begun]],
  ]);
  expect(next.saved).toHaveLength(2);
});

it('keeps what another one wrote meanwhile, and not its own', async () => {
  const { bookOf } = await books();
  const first = bookOf();
  const second = bookOf();
  await first.put([alertOf()]);
  await second.read();
  await first.put([alertOf({ untold: [] })]);
  await second.put([alertOf({ state: 'resolved' })]);
  expect(second.alerts.get('ledger-behind')).toMatchObject({ state: 'firing', untold: [] });
});

it('saves what changed while it was being saved, the last of it last', async () => {
  const { bookOf } = await books();
  const book = bookOf();
  await Promise.all([1, 2, 3].map((count) => book.put([alertOf({ count })])));
  const next = bookOf();
  await next.read();
  expect(next.alerts.get('ledger-behind')?.count).toBe(3);
  expect(book.saved[0]?.count).toBe(3);
});

it('leaves nothing behind of an alert that is over and told', async () => {
  const { bookOf, stored } = await books();
  const book = bookOf();
  await book.put([alertOf()]);
  expect(await stored()).toBe(1);
  await book.put([alertOf({ state: 'resolved', untold: [] })]);
  expect(await stored()).toBe(0);
  expect(book.alerts.size).toBe(0);
  await book.put([alertOf()]);
  expect(await stored()).toBe(1);
});

function alertOf(differences: Partial<Alert> = {}): Alert {
  return {
    id: 'ledger-behind',
    kind: 'ledger-behind',
    state: 'firing',
    since: 1,
    sentence: 's',
    app: undefined,
    step: undefined,
    missing: [],
    count: 1,
    flow: undefined,
    untold: [begun],
    ...differences,
  };
}
