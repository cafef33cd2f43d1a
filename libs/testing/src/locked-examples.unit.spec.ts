import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ContractLockError,
  contractOf,
  type JsonSchema,
  LOCK_FOLDER,
  lockFileOf,
  lockTextOf,
  type Revision,
  revisionOf,
} from '@troupe/contract';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LockedExamplesError } from './errors.ts';
import { lockedExamples } from './locked-examples.ts';
import { OrderPlaced } from './payments.spec.support.ts';
import { OrderPlacedV2 } from './two-majors.spec.support.ts';
import { upcastExamples } from './upcasts.ts';

const contract = 'order.placed.v1';
const bare = revisionOf(contractOf(OrderPlaced));
const text = (...examples: string[]): JsonSchema => ({ type: 'string', examples });
const number = (...examples: number[]): JsonSchema => ({ type: 'integer', examples });

/** A revision of order.placed.v1 with these fields; what it requires stays the same. */
function withFields(properties: JsonSchema): Revision {
  return { ...bare, schema: { ...bare.schema, properties } };
}

const first = withFields({ orderId: text('o-1'), amount: number(500) });
const second = withFields({ orderId: text('o-2'), amount: number(700), note: text('by the door') });

/** A folder whose lock has these revisions of order.placed.v1. */
async function lockOf(...revisions: Revision[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-lock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, LOCK_FOLDER));
  await writeFile(join(folder, LOCK_FOLDER, lockFileOf(contract)), lockTextOf({ contract, revisions }));
  return folder;
}

function workIn(folder: string): void {
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  onTestFinished(() => cwd.mockRestore());
}

describe('the locked examples of a contract', () => {
  it('are one of each revision', async () => {
    expect(lockedExamples(contract, { folder: await lockOf(first, second) })).toEqual([
      { orderId: 'o-1', amount: 500 },
      { orderId: 'o-2', amount: 700, note: 'by the door' },
    ]);
  });

  it('are what an upcaster is tried on', async () => {
    workIn(await lockOf(first, second));
    const orders = upcastExamples(OrderPlaced, OrderPlacedV2, lockedExamples('order.placed.v1'));
    for (const { total } of orders) expect(total.currency).toBe('EUR');
    expect(orders.map(({ orderId }) => orderId)).toEqual(['o-1', 'o-2']);
  });

  it('are found from any folder below the lock', async () => {
    const folder = await lockOf(first);
    const below = join(folder, 'libs', 'orders');
    await mkdir(below, { recursive: true });
    workIn(below);
    expect(lockedExamples(contract)).toHaveLength(1);
    expect(() => lockedExamples(contract, { folder: below })).toThrow(LockedExamplesError);
  });

  it('begin with the last revision that was allowed to break', async () => {
    const broken = { ...second, break: 'not sent yet' };
    const examples = lockedExamples(contract, { folder: await lockOf(first, broken, second) });
    expect(examples).toMatchObject([{ orderId: 'o-2' }, { orderId: 'o-2' }]);
  });

  it('have what the last revision shows where one of before shows nothing', async () => {
    const { orderId } = first.schema.properties as Record<string, JsonSchema>;
    const unshown = withFields({ orderId: orderId!, amount: { type: 'integer' } });
    expect(lockedExamples(contract, { folder: await lockOf(unshown, second) })).toEqual([
      { orderId: 'o-1', amount: 700 },
      { orderId: 'o-2', amount: 700, note: 'by the door' },
    ]);
  });

  it('are missed with what to do about it', async () => {
    const folder = await lockOf(first, bare);
    expect(() => lockedExamples(contract, { folder })).toThrow(
      new LockedExamplesError(
        contract,
        'revision 2 shows none of /orderId, /amount. Add @Example there. Run troupe contracts lock.',
      ),
    );
    expect(() => lockedExamples('order.paid.v1', { folder })).toThrow(
      /^order\.paid\.v1 has no locked examples: there is no .*order\.paid\.v1\.json\. Run troupe contracts lock\.$/,
    );
    workIn(tmpdir());
    expect(() => lockedExamples(contract)).toThrow(/neither .* nor a folder above it has contracts\.lock/);
  });

  it('are not read from a file that a hand was at', async () => {
    const folder = await lockOf(first);
    await writeFile(join(folder, LOCK_FOLDER, lockFileOf(contract)), '{}');
    expect(() => lockedExamples(contract, { folder })).toThrow(ContractLockError);
  });
});
