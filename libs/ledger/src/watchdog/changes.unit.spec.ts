import { describe, expect, it } from 'vitest';
import { ALERT_KINDS, type Alert, type AlertKind, type Condition } from './alert.ts';
import { changesOf } from './changes.ts';
import { Patience, type Seen } from './patience.ts';

const ALL = new Set(ALERT_KINDS);
const NONE: ReadonlyMap<string, Alert> = new Map();
const filling = condition('stream-filling/EVENTS');

describe('an alert', () => {
  it('begins with its condition, once', () => {
    const [alert] = changesOf(NONE, seen([filling]), 1, true);
    expect(alert).toMatchObject({
      id: filling.id,
      state: 'firing',
      since: 1,
      untold: [{ state: 'firing', at: 1 }],
    });
    expect(changesOf(kept(alert), seen([filling]), 2, true)).toEqual([]);
  });

  it('is over when its condition is, and is told of after its beginning', () => {
    const [alert] = changesOf(NONE, seen([filling]), 1, true);
    const [over] = changesOf(kept(alert), seen([]), 2, true);
    expect(over).toMatchObject({
      state: 'resolved',
      untold: [
        { state: 'firing', at: 1, since: 1 },
        { state: 'resolved', at: 2, since: 1 },
      ],
    });
  });

  it('stays while its kind is not judged', () => {
    const [alert] = changesOf(NONE, seen([filling]), 1, true);
    const other = { ...seen([]), judged: new Set<AlertKind>(['ledger-behind']) };
    expect(changesOf(kept(alert), other, 2, true)).toEqual([]);
  });

  it('stays while its condition is there, though whoever looks now has not seen it for long', () => {
    const [alert] = changesOf(NONE, seen([filling]), 1, true);
    const young = { ...seen([]), present: new Set([filling.id]) };
    expect(changesOf(kept(alert), young, 2, true)).toEqual([]);
  });

  it('keeps the last three times that it came and went, for a receiver that is away', () => {
    let alert: Alert | undefined;
    for (let at = 1; at <= 20; at++)
      [alert] = changesOf(kept(alert), seen(at % 2 === 1 ? [filling] : []), at, true);
    expect(alert?.untold.map(({ at, state }) => `${at} ${state}`)).toEqual([
      '15 firing',
      '16 resolved',
      '17 firing',
      '18 resolved',
      '19 firing',
      '20 resolved',
    ]);
  });

  it('has nothing to tell without a webhook', () => {
    const [alert] = changesOf(NONE, seen([filling]), 1, false);
    expect(alert?.untold).toEqual([]);
  });
});

describe('patience', () => {
  const alone = condition('step-without-instance/payments__authorize');
  const lastingAt = (patience: Patience, now: number, conditions: readonly Condition[] = [alone]) =>
    patience.see({ conditions, judged: ALL }, now).lasting.length;

  it('lets a step be without an instance for a while, and begins anew after an interruption', () => {
    const patience = new Patience(30);
    expect(lastingAt(patience, 100)).toBe(0);
    expect(lastingAt(patience, 129)).toBe(0);
    expect(lastingAt(patience, 130)).toBe(1);
    expect(lastingAt(patience, 140, [])).toBe(0);
    expect(lastingAt(patience, 150)).toBe(0);
    expect(lastingAt(patience, 180)).toBe(1);
  });

  it('counts from when the step was heard last', () => {
    const patience = new Patience(30);
    lastingAt(patience, 100);
    expect(lastingAt(patience, 140, [{ ...alone, quietSince: 120 }])).toBe(0);
    expect(lastingAt(patience, 150, [{ ...alone, quietSince: 120 }])).toBe(1);
  });

  it('goes on counting while the kind is not judged', () => {
    const patience = new Patience(30);
    lastingAt(patience, 100);
    patience.see({ conditions: [], judged: new Set(['ledger-behind']) }, 110);
    expect(lastingAt(patience, 130)).toBe(1);
  });

  it('has none with what no deployment brings about', () => {
    expect(lastingAt(new Patience(30), 100, [filling])).toBe(1);
  });
});

function seen(lasting: readonly Condition[]): Seen {
  return { lasting, present: new Set(lasting.map(({ id }) => id)), judged: ALL };
}

function condition(id: string): Condition {
  const kind = ALERT_KINDS.find((each) => id.startsWith(each)) ?? 'ledger-behind';
  return { id, kind, sentence: 's', app: undefined, step: undefined, missing: [], count: 1, flow: undefined };
}

function kept(alert: Alert | undefined): ReadonlyMap<string, Alert> {
  return alert === undefined ? NONE : new Map([[alert.id, alert]]);
}
