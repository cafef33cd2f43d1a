import { describe, expect, it } from 'vitest';
import { app, choreography, flow } from './choreographies.spec.support.ts';
import type { Choreography } from './choreography.ts';
import { findingsIn } from './findings.ts';

/** A shop in which nothing is wrong, and what a test adds to it. */
const shop = app('shop', { produces: 'a.placed', flows: [flow('a.placed', 'a.sent')] });
const worker = app('worker', { steps: { pay: 'a.placed > a.paid', send: 'a.paid > a.sent' } });

describe('findings', () => {
  it('are none where every path reaches an end', () => {
    expect(findingsIn(choreography(shop, worker))).toEqual([]);
  });

  it('name an event that nobody consumes, unless it ends a flow', () => {
    const audit = app('audit', { steps: { note: 'a.sent > a.noted' } });
    expect(told(choreography(shop, worker, audit))).toEqual([
      'event-unconsumed: a.noted.v1 is sent by audit__note, but nobody consumes it, and it ends no flow.',
    ]);
  });

  it('name an event that nobody sends', () => {
    const audit = app('audit', { steps: { note: 'a.returned' } });
    expect(told(choreography(shop, worker, audit))).toEqual([
      'event-unsent: a.returned.v1 is consumed by audit__note, but nobody sends it.',
    ]);
  });

  it('name a contract that nobody uses', () => {
    const { contracts, ...rest } = choreography(shop, worker);
    const unused = { id: 'b.done.v1', kind: 'event', owner: 'team' } as const;
    expect(told({ ...rest, contracts: [...contracts, unused] })).toEqual([
      'contract-unused: b.done.v1 is neither sent nor consumed.',
    ]);
  });

  it('name a command with no handler, with two, and one that nobody sends', () => {
    const picking = (steps: Record<string, string>) =>
      choreography(shop, worker, app('boss', { produces: 'do.pick' }), app('picking', { steps }));
    expect(told(picking({}))).toEqual([
      'command-unhandled: do.pick.v1 is sent by boss, but nobody handles it.',
    ]);
    expect(told(picking({ pick: 'do.pick', peck: 'do.pick' }))).toEqual([
      'command-handled-twice: do.pick.v1 is a command, which exactly one step handles; these do: picking__pick, picking__peck.',
    ]);
    expect(told(picking({ pick: 'do.pick do.pack' }))).toEqual([
      'command-unsent: do.pack.v1 is consumed by picking__pick, but nobody sends it.',
    ]);
  });

  it('are none of an orchestration whose commands are each handled, and answered to it', () => {
    const boss = app('boss', {
      produces: 'a.placed',
      flows: [flow('a.placed', 'a.sent')],
      steps: { fulfil: 'a.placed b.picked b.missing b.packed > do.pick do.pack a.sent' },
    });
    const steps = { pick: 'do.pick > b.picked b.missing', pack: 'do.pack > b.packed' };
    expect(findingsIn(choreography(boss, app('picking', { steps })))).toEqual([]);
    expect(told(choreography(boss, app('picking', { steps: { ...steps, pack: 'do.pack' } })))).toEqual([
      'event-unsent: b.packed.v1 is consumed by boss__fulfil, but nobody sends it.',
      'flow-path-open: The flow of a.placed.v1 breaks off at do.pack.v1: it is no end, and no step goes on from it. Path: a.placed.v1 → boss__fulfil → do.pack.v1',
    ]);
  });

  it('name a flow with no declared end, and one that two apps declare', () => {
    const silent = app('shop', { produces: 'a.placed', steps: { hear: 'a.sent' } });
    expect(told(choreography(silent, worker))).toEqual([
      'flow-undeclared: shop opens flows with a.placed.v1, but declares no end of them: add @Flow({ starts, ends }).',
    ]);
    const twin = app('kiosk', { produces: 'a.placed', flows: [flow('a.placed', 'a.sent')] });
    expect(told(choreography(shop, twin, worker))).toEqual([
      'flow-declared-twice: The flow of a.placed.v1 is declared by several apps: shop, kiosk.',
    ]);
  });
});

function told(choreography: Choreography): string[] {
  return findingsIn(choreography).map(({ rule, message }) => `${rule}: ${message}`);
}
