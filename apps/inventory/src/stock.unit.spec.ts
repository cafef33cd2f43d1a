import type { Item } from '@shop/contracts-order';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { migrations, type Reservation, reserve } from './stock.ts';

describe('the stock', () => {
  const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'inventory', migrations: migrations(10) });
  const { database } = inbox;
  afterAll(() => inbox.close());
  beforeEach(async () => {
    await inbox.prepare();
    await database.query('DELETE FROM reservations');
    await database.query("UPDATE stock SET units = 10 WHERE sku <> 'LANTERN-9'");
  });

  const wish = (lines: readonly Item[], id = 'res_1'): Promise<Reservation> =>
    database.transaction((transaction) => reserve(transaction, id, 'o-1', lines));
  const unitsOf = async (sku: string): Promise<number | undefined> => {
    const [row] = await database.query<{ units: number }>('SELECT units FROM stock WHERE sku = $1', [sku]);
    return row?.units;
  };

  it('is set aside in each warehouse where it lies', async () => {
    const lines = [
      { sku: 'TENT-2P', quantity: 1 },
      { sku: 'STOVE-1', quantity: 2 },
      { sku: 'MAT-XL', quantity: 3 },
    ];
    expect(await wish(lines)).toEqual({
      reserved: true,
      allocations: [
        {
          warehouse: 'east',
          lines: [
            { sku: 'TENT-2P', quantity: 1 },
            { sku: 'MAT-XL', quantity: 3 },
          ],
        },
        { warehouse: 'west', lines: [{ sku: 'STOVE-1', quantity: 2 }] },
      ],
    });
  });

  it('is fewer pieces afterwards, and it is kept for whom', async () => {
    await wish([{ sku: 'TENT-2P', quantity: 4 }]);
    expect(await unitsOf('TENT-2P')).toBe(6);
    expect(await database.query('SELECT reservation_id, order_id, sku, units FROM reservations')).toEqual([
      { reservation_id: 'res_1', order_id: 'o-1', sku: 'TENT-2P', units: 4 },
    ]);
  });

  it('never has a lantern, and none of what it does not know', async () => {
    const lines = [
      { sku: 'LANTERN-9', quantity: 1 },
      { sku: 'SOFA', quantity: 2 },
    ];
    expect(await wish(lines)).toEqual({
      reserved: false,
      shortages: [
        { sku: 'LANTERN-9', wanted: 1, available: 0 },
        { sku: 'SOFA', wanted: 2, available: 0 },
      ],
    });
  });

  it('stays as it is when one product is short', async () => {
    const lines = [
      { sku: 'TENT-2P', quantity: 1 },
      { sku: 'STOVE-1', quantity: 11 },
    ];
    expect(await wish(lines)).toEqual({
      reserved: false,
      shortages: [{ sku: 'STOVE-1', wanted: 11, available: 10 }],
    });
    expect(await unitsOf('TENT-2P')).toBe(10);
    expect(await database.query('SELECT * FROM reservations')).toEqual([]);
  });

  it('counts the lines of one product together', async () => {
    const twice = [
      { sku: 'TENT-2P', quantity: 6 },
      { sku: 'TENT-2P', quantity: 6 },
    ];
    expect(await wish(twice)).toEqual({
      reserved: false,
      shortages: [{ sku: 'TENT-2P', wanted: 12, available: 10 }],
    });
  });

  it('is given to as many as there is for, whoever asks at once', async () => {
    const wishes = Array.from({ length: 8 }, (_, i) => wish([{ sku: 'TENT-2P', quantity: 3 }], `res_${i}`));
    const reserved = (await Promise.all(wishes)).filter((reservation) => reservation.reserved);
    expect(reserved).toHaveLength(3);
    expect(await unitsOf('TENT-2P')).toBe(1);
  });
});
