import { describe, expect, it } from 'vitest';
import { Isolation } from './isolation.ts';
import { Places } from './places.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function appOf(...sizes: number[]) {
  const begun: string[] = [];
  const isolation = new Isolation();
  const steps = sizes.map((size) => new Places<string>(size, (item) => void begun.push(item)));
  for (const places of steps) isolation.join(places);
  const turns = new Map<string, () => void>();
  const alone = (name: string): void =>
    isolation.alone(() => {
      begun.push(name);
      return new Promise((resolve) => turns.set(name, resolve));
    });
  const end = (name: string): void => turns.get(name)?.();
  return { begun, steps, alone, end };
}

describe('a message that is handled alone', () => {
  it('waits for what runs in every step, and keeps every step from beginning', async () => {
    const { begun, steps, alone, end } = appOf(1, 1);
    const [one, two] = steps;
    one?.offer('a');
    two?.offer('b');
    alone('suspect');
    one?.release();
    await turn();
    expect(begun).toEqual(['a', 'b']);
    two?.release();
    await turn();
    one?.offer('c');
    expect(begun).toEqual(['a', 'b', 'suspect']);
    end('suspect');
    await turn();
    expect(begun).toEqual(['a', 'b', 'suspect', 'c']);
  });

  it('is followed by those that waited with it, one at a time, and then by the rest before the next', async () => {
    const { begun, steps, alone, end } = appOf(1);
    const [one] = steps;
    alone('1');
    await turn();
    alone('2');
    alone('3');
    one?.offer('a');
    one?.offer('b');
    end('1');
    await turn();
    expect(begun).toEqual(['1', 'a']);
    one?.release();
    await turn();
    expect(begun).toEqual(['1', 'a', '2']);
    end('2');
    await turn();
    expect(begun).toEqual(['1', 'a', '2', '3']);
    end('3');
    await turn();
    expect(begun).toEqual(['1', 'a', '2', '3', 'b']);
  });
});
