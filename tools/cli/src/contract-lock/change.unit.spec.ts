import {
  type CompiledContract,
  Contract,
  contractOf,
  type LockedContract,
  type Revision,
  revisionOf,
} from '@troupe/contract';
import { IsOptional, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { changesOf } from './change.ts';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'shop' })
class OrderPlaced {
  @IsString()
  id!: string;

  @IsOptional()
  @IsString()
  note?: string | null;
}

const contract = contractOf(OrderPlaced);
const revision = revisionOf(contract);

/** The revision with other fields. */
function withFields(properties: object): Revision {
  return { ...revision, schema: { ...revision.schema, properties } };
}

const id = { type: 'string' };
const bare = withFields({ id });
const counted = withFields({ id, note: { type: ['integer', 'null'] } });

function changeOf(code: Partial<CompiledContract>, ...revisions: Revision[]) {
  const locked: LockedContract = { contract: contract.id, revisions };
  const [change] = changesOf([{ ...contract, ...code }], new Map([[contract.id, locked]]), () => []);
  return change;
}

describe('a contract against its lock', () => {
  it('is locked when it is as the last revision', () => {
    expect(changeOf({}, bare, revision)).toMatchObject({ status: 'locked', breaks: [] });
    expect(changeOf({}, { ...revision, break: 'not sent yet' })).toMatchObject({ status: 'locked' });
  });

  it('has changed when it goes together with every revision', () => {
    expect(changeOf({}, bare)).toMatchObject({ status: 'changed', breaks: [] });
    expect(changeOf({ owner: 'others' }, revision)).toMatchObject({ status: 'changed', breaks: [] });
    expect(changeOf({}, { ...revision, schema: { ...revision.schema, description: 'Once.' } })).toMatchObject(
      {
        status: 'changed',
      },
    );
  });

  it('breaks the first of several revisions, not the last alone, and says which', () => {
    const change = changeOf({}, counted, bare);
    expect(change?.status).toBe('breaking');
    expect(change?.breaks.map(({ rule, direction, revision }) => [rule, direction, revision])).toEqual([
      ['type-refused', 'backward', 1],
      ['type-refused', 'forward', 1],
    ]);
  });

  it('is told once of what breaks several revisions', () => {
    expect(changeOf({}, counted, counted)?.breaks).toHaveLength(2);
  });

  it('is not compared with what an allowed break left behind', () => {
    expect(changeOf({}, counted, { ...bare, break: 'nobody read it' })).toMatchObject({ status: 'changed' });
    expect(changeOf({}, { ...counted, break: 'why not' }, bare)).toMatchObject({ status: 'breaking' });
  });

  it.each<[string, Partial<CompiledContract>]>([
    ['kind-changed', { kind: 'command' }],
    ['partition-key-changed', { partitionKey: 'id' }],
    ['unsaid-changed', { fallbackReasons: ['OrderPlaced.id: @ValidateIf is not compiled'] }],
  ])('breaks by %s', (rule, code) => {
    expect(changeOf(code, revision)).toMatchObject({ status: 'breaking', breaks: [{ rule, revision: 1 }] });
  });

  it('is new without a lock, and may come back after it was taken away', () => {
    expect(changesOf([contract], new Map(), () => [])).toMatchObject([{ status: 'new', breaks: [] }]);
    const removed = { contract: contract.id, revisions: [revision], removed: 'never sent' };
    expect(changesOf([contract], new Map([[contract.id, removed]]), () => [])).toMatchObject([
      { status: 'changed', breaks: [] },
    ]);
    expect(changesOf([], new Map([[contract.id, removed]]), () => [])).toEqual([]);
  });
});
