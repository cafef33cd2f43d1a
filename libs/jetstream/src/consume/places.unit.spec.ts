import { describe, expect, it } from 'vitest';
import { Places } from './places.ts';

function placesOf(size: number) {
  const begun: number[] = [];
  const places = new Places<number>(size, (item) => void begun.push(item));
  const settled = (promise: Promise<void>) => {
    const state = { done: false };
    void promise.then(() => {
      state.done = true;
    });
    return state;
  };
  return { places, begun, settled };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the places of a concurrency', () => {
  it('are given away in order, and what is released goes to the next in line', () => {
    const { places, begun } = placesOf(2);
    for (const item of [1, 2, 3, 4]) places.offer(item);
    expect(begun).toEqual([1, 2]);
    places.release();
    expect(begun).toEqual([1, 2, 3]);
    places.release();
    places.release();
    expect(begun).toEqual([1, 2, 3, 4]);
    expect(places.taken).toBe(1);
  });

  it('are not given away while paused; the pause has come when nothing is being handled', async () => {
    const { places, begun, settled } = placesOf(2);
    for (const item of [1, 2, 3]) places.offer(item);
    const paused = settled(places.pause());
    places.release();
    await turn();
    expect([begun, paused.done]).toEqual([[1, 2], false]);
    places.release();
    await turn();
    expect([begun, paused.done]).toEqual([[1, 2], true]);
    places.offer(4);
    places.resume();
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('that are taken but quiet do not keep a pause waiting', async () => {
    const { places, settled } = placesOf(2);
    places.offer(1);
    places.quieten();
    const paused = settled(places.pause());
    await turn();
    expect(paused.done).toBe(true);
    places.stir();
    const again = settled(places.pause());
    await turn();
    expect(again.done).toBe(false);
  });

  it('let run what waits for them to be open once they are resumed, before the line', () => {
    const { places, begun } = placesOf(1);
    void places.pause();
    places.offer(1);
    places.whenOpen(() => begun.push(0));
    places.resume();
    expect(begun).toEqual([0, 1]);
    places.whenOpen(() => begun.push(2));
    expect(begun).toEqual([0, 1, 2]);
  });

  it('once closed are never given away again, and are empty when the last is released', async () => {
    const { places, begun, settled } = placesOf(1);
    for (const item of [1, 2]) places.offer(item);
    places.close();
    places.resume();
    const emptied = settled(places.emptied());
    await turn();
    expect(emptied.done).toBe(false);
    places.release();
    await turn();
    expect(emptied.done).toBe(true);
    expect(begun).toEqual([1]);
    expect(places.clear()).toEqual([2]);
  });

  it('that are abandoned are empty at once, whatever is released later', async () => {
    const { places, settled } = placesOf(2);
    for (const item of [1, 2]) places.offer(item);
    places.close();
    const emptied = settled(places.emptied());
    places.abandon();
    places.release();
    await turn();
    expect(emptied.done).toBe(true);
  });
});
