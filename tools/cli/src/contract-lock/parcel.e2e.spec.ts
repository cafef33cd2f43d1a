import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { buildOrderSystem } from '../workshop.spec.support.ts';
import { here, troupeIn } from '../workspace/fixture.spec.support.ts';

beforeAll(buildOrderSystem, 120_000);

const PARCEL = 'libs/contracts/parcel';
/** What is copied of the order system: the parcel's contract, and the carrier, which consumes it, in Python. */
const PACKAGES = [PARCEL, 'libs/contracts/carrier', 'libs/contracts/fulfilment'];
const FILES = ['apps/carrier/package.json', 'apps/carrier/troupe.json', 'package.json'];
const LOCKED = [
  ...['parcel.dispatched', 'parcel.collected', 'parcel.sorted', 'parcel.delivered', 'parcel.returned'],
  ...['parcel.consigned', 'fulfilment.requested', 'fulfilment.cancelled', 'order.fulfilled'],
];

/** A workspace in which shipping changes the built class of `parcel.dispatched`. */
async function changed(change: (source: string) => string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'troupe-workspace-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const part of PACKAGES) {
    for (const inside of ['package.json', 'dist'])
      await cp(join(here, part, inside), join(folder, part, inside), { recursive: true });
  }
  const locks = LOCKED.map((type) => `contracts.lock/${type}.v1.json`);
  for (const file of [...FILES, ...locks]) await cp(join(here, file), join(folder, file));
  await symlink(join(here, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, PARCEL, 'dist/parcel-dispatched.js');
  const source = await readFile(file, 'utf8');
  const next = change(source);
  expect(next).not.toBe(source);
  await writeFile(file, next);
  return folder;
}

it('finds a new optional field of a parcel compatible with the carrier', async () => {
  const folder = await changed((source) =>
    source
      .replace('IsObject,', 'IsObject, IsOptional,')
      .replace(
        /^ParcelDispatched = __decorate/m,
        "__decorate([IsOptional(), IsString()], ParcelDispatched.prototype, 'giftNote', void 0);\n$&",
      ),
  );
  const { code, err } = await troupeIn(folder, 'contracts', 'check');
  expect({ code, err }).toMatchObject({ code: 7 });
  expect(err).toContain('parcel.dispatched.v1 has changed compatibly, and is not locked so');
  expect(await troupeIn(folder, 'contracts', 'lock')).toMatchObject({
    code: 0,
    out: 'parcel.dispatched.v1: revision 2\n',
  });
  expect(await troupeIn(folder, 'contracts', 'check')).toMatchObject({ code: 0 });
}, 120_000);

it('refuses a parcel without an address, and names the carrier that needs it', async () => {
  const folder = await changed((source) =>
    source
      .replace(/^ +deliverTo;\n/m, '')
      .replace(/^__decorate\(\[\n(?:(?!^\]).*\n)*\], ParcelDispatched\.prototype, "deliverTo".*$/m, ''),
  );
  const { code, err } = await troupeIn(folder, 'contracts', 'check');
  expect({ code, err }).toMatchObject({ code: 7 });
  expect(err).toContain('deliverTo');
  expect(err).toContain('consumed by carrier__collect');
  expect(await troupeIn(folder, 'contracts', 'lock')).toMatchObject({ code: 7 });
}, 120_000);
