import { expect, it, onTestFinished } from 'vitest';
import { Numbering } from './numbering.ts';
import { madeAnew } from './schema.ts';
import { IN_MEMORY, sqliteDatabase } from './sqlite.ts';

const RESERVED = 1_000;

it('numbers of flows are given once each, and again when they were not needed', async () => {
  const database = sqliteDatabase(IN_MEMORY);
  onTestFinished(() => database.close());
  await database.open(madeAnew(1, ''));
  const [numbering, other] = [new Numbering(database, 1), new Numbering(database, 1)];
  await numbering.reserveFlows(RESERVED);
  await other.reserveFlows(1);
  const given = Array.from({ length: RESERVED }, () => numbering.nextFlow());
  expect(new Set([...given, other.nextFlow()]).size).toBe(RESERVED + 1);

  numbering.giveBack(7);
  await numbering.reserveFlows(1);

  expect(numbering.nextFlow()).toBe(7);
  expect(() => numbering.nextFlow()).toThrow();
});
