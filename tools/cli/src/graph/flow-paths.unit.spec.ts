import { describe, expect, it } from 'vitest';
import { app, choreography, flow } from './choreographies.spec.support.ts';
import { flowFindings } from './flow-paths.ts';
import { routesOf } from './routes.ts';

describe('the paths of a flow', () => {
  it('all reach an end, whichever step they take', () => {
    expect(
      pathsOf('a.sent a.declined', {
        pay: 'a.placed > a.paid a.declined',
        send: 'a.paid > a.sent',
        tell: 'a.placed a.sent a.declined',
      }),
    ).toEqual([]);
  });

  it('are done at an end, whatever comes after it', () => {
    expect(pathsOf('a.paid', { pay: 'a.placed > a.paid', send: 'a.paid > a.sent' })).toEqual([]);
  });

  it('break off at a message that nobody takes', () => {
    expect(pathsOf('a.sent', { pay: 'a.placed > a.paid a.declined', send: 'a.paid > a.sent' })).toEqual([
      'flow-path-open: a.placed.v1 → x__pay → a.declined.v1',
    ]);
  });

  it('break off at a message of which no step makes another', () => {
    expect(pathsOf('a.sent', { pay: 'a.placed > a.paid a.sent', tell: 'a.paid' })).toEqual([
      'flow-path-open: a.placed.v1 → x__pay → a.paid.v1',
    ]);
  });

  it('break off in a branch, although another one reaches an end', () => {
    expect(pathsOf('a.sent', { send: 'a.placed > a.sent', score: 'a.placed > b.scored' })).toEqual([
      'flow-path-open: a.placed.v1 → x__score → b.scored.v1',
    ]);
  });

  it('may go round as long as a way leads out to an end', () => {
    expect(
      pathsOf('a.paid', {
        pay: 'a.placed > a.late a.paid',
        remind: 'a.late > a.reminded',
        again: 'a.reminded > a.late a.paid',
      }),
    ).toEqual([]);
  });

  it('must not go round with no way to an end', () => {
    expect(
      pathsOf('a.paid', {
        pay: 'a.placed > a.late a.paid',
        remind: 'a.late > a.reminded',
        again: 'a.reminded > a.late',
      }),
    ).toEqual([
      'flow-cycle: a.placed.v1 → x__pay → a.late.v1 → x__remind → a.reminded.v1 → x__again → a.late.v1',
    ]);
    expect(
      pathsOf('a.paid', { pay: 'a.placed > a.paid', again: 'a.placed > b.ping', ping: 'b.ping > b.ping' }),
    ).toEqual(['flow-cycle: a.placed.v1 → x__again → b.ping.v1 → x__ping → b.ping.v1']);
  });

  it('name each of two circles, and a path that breaks off beside them once', () => {
    expect(
      pathsOf('a.paid', {
        pay: 'a.placed > a.paid b.ping c.ping d.lost',
        b: 'b.ping > b.ping',
        c: 'c.ping > c.pong',
        d: 'c.pong > c.ping',
      }),
    ).toEqual([
      'flow-path-open: a.placed.v1 → x__pay → d.lost.v1',
      'flow-cycle: a.placed.v1 → x__pay → b.ping.v1 → x__b → b.ping.v1',
      'flow-cycle: a.placed.v1 → x__pay → c.ping.v1 → x__c → c.pong.v1 → x__d → c.ping.v1',
    ]);
  });

  it('never come to an end that nothing leads to', () => {
    expect(pathsOf('a.paid a.sent', { pay: 'a.placed > a.paid' })).toEqual([
      'flow-end-unreached: The flow of a.placed.v1 never comes to its end a.sent.v1.',
    ]);
  });
});

function pathsOf(ends: string, steps: Record<string, string>): string[] {
  const routes = routesOf(choreography(app('x', { steps })));
  return flowFindings(flow('a.placed', ends), routes).map(
    ({ rule, path, message }) => `${rule}: ${path?.join(' → ') ?? message}`,
  );
}
