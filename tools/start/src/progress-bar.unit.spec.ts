import { expect, it } from 'vitest';
import { progressLine } from './progress-bar.ts';

const at = (done: number, total: number, state: unknown = 'picking', status = 'running') =>
  progressLine('the-flow', { status, state, progress: { done, total } }).trim().split(/ {2,}/);

it('fills a bar by what is done, and says where it is', () => {
  expect(at(3, 12)).toEqual(['flow the-flow', `${'█'.repeat(6)}${'░'.repeat(18)}`, '3 of 12', 'picking']);
});

it('is empty while nothing is known, and never longer than full', () => {
  expect(at(0, 0)[1]).toBe('░'.repeat(24));
  expect(at(5, 4)[1]).toBe('█'.repeat(24));
});

it('says what became of one that runs no more, or is in several states at once', () => {
  expect(at(1, 4, 'labelling', 'suspended')[3]).toBe('suspended');
  expect(at(1, 4, { left: 'picking', right: 'packing' })[3]).toBe('running');
});
