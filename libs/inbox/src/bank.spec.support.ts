import 'reflect-metadata';
import { Contract, Upcast } from '@troupe/contract';
import { next, type StepDefinition } from '@troupe/jetstream';
import { IsInt, IsString } from 'class-validator';
import type { Transaction } from './database/database.ts';
import type { Inbox } from './inbox.ts';

@Contract({ type: 'transfer.asked', version: 1, kind: 'event', owner: 'teller' })
export class TransferAsked {
  @IsString()
  to!: string;

  @IsInt()
  amount!: number;
}

@Contract({ type: 'transfer.asked', version: 2, kind: 'event', owner: 'teller' })
export class TransferAskedV2 {
  @IsString()
  account!: string;

  @IsInt()
  amount!: number;

  @Upcast(TransferAsked)
  static fromV1({ to, ...rest }: TransferAsked): TransferAskedV2 {
    return { ...rest, account: to };
  }
}

@Contract({ type: 'account.credited', version: 1, kind: 'event', owner: 'bank' })
export class AccountCredited {
  @IsString()
  to!: string;
}

export const migrations = [
  { name: '0001-credits', sql: 'CREATE TABLE credits (account text NOT NULL, amount bigint NOT NULL)' },
];

/** A step that books a transfer and says so twice, to the account and to its bank. */
export function credit(inbox: Inbox, change: Partial<StepDefinition> = {}): StepDefinition {
  return {
    name: 'credit',
    on: [TransferAsked],
    emits: [AccountCredited],
    from: 'beginning',
    effects: inbox,
    handle: (data, _context, transaction) => book(data as TransferAsked, transaction as Transaction),
    ...change,
  };
}

export async function book({ to, amount }: TransferAsked, transaction: Transaction) {
  await transaction.query('INSERT INTO credits (account, amount) VALUES ($1, $2)', [to, amount]);
  return ['account', 'bank'].map((key) => next(AccountCredited, { to: `${key} ${to}` }, { key }));
}

/** The account of each credit. */
export async function credits(inbox: Inbox): Promise<string[]> {
  const rows = await inbox.database.query<{ account: string }>(
    'SELECT account FROM credits ORDER BY account',
  );
  return rows.map(({ account }) => account);
}

const MIB = 1024 * 1024;

/** The server sets aside what a stream may hold. */
export const SMALL_STREAMS = {
  eventsMaxBytes: 64 * MIB,
  delayedMaxBytes: 8 * MIB,
  deadLettersMaxBytes: 8 * MIB,
  noticesMaxBytes: 8 * MIB,
};
