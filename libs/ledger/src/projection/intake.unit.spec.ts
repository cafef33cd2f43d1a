import { describe, expect, it } from 'vitest';
import { message } from '../conformance/stage.ts';
import { Intake } from './intake.ts';

const MIB = 1024 * 1024;

describe('the intake', () => {
  it.each([
    { many: 4_999, bytes: 100 },
    { many: 15, bytes: MIB },
  ])('takes $many messages of $bytes bytes, and one more when it is emptied', async ({ many, bytes }) => {
    let isFilled = false;
    const intake = new Intake(() => {
      isFilled = true;
    });
    for (let seq = 1; seq <= many; seq++) expect(intake.put('messages', message(seq), bytes)).toBeUndefined();
    expect([intake.isFull, isFilled]).toEqual([false, false]);
    const room = intake.put('messages', message(many + 1), bytes);
    expect([intake.isFull, isFilled]).toEqual([true, true]);
    expect(intake.take().messages).toHaveLength(many + 1);
    await room;
    expect(intake.put('messages', message(many + 2), bytes)).toBeUndefined();
  });
});
