import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

it('runs the full profile with a new seed unless told otherwise', () => {
  const options = readOptions([]);
  expect(options).toMatchObject({ profile: { name: 'full' }, syncInterval: '2m', json: false });
  expect(options).not.toMatchObject({ seed: (readOptions([]) as { seed: number }).seed });
});

it('takes a profile, a seed and a sync interval', () => {
  const args = ['--profile', 'short', '--seed', '17', '--sync-interval', 'always', '--json'];
  expect(readOptions(args)).toMatchObject({
    profile: { name: 'short' },
    seed: 17,
    syncInterval: 'always',
    json: true,
  });
});

it.each([
  [['--profile', 'huge'], '--profile huge is unknown'],
  [['--profile', 'constructor'], '--profile constructor is unknown'],
  [['--seed', '0'], '--seed 0'],
  [['--seed', 'lucky'], '--seed lucky'],
  [['--seed', '9999999999'], '--seed 9999999999'],
  [['--sync-interval', '2 minutes'], '--sync-interval 2 minutes'],
  [['--sync-interval', 'always }'], '--sync-interval always }'],
  [['--faults', '3'], '--faults'],
])('refuses %j', (args, complaint) => {
  expect(readOptions(args)).toMatchObject({ fault: true, answer: expect.stringContaining(complaint) });
});

it('explains itself', () => {
  expect(readOptions(['--help'])).toMatchObject({ fault: false, answer: expect.stringContaining('--seed') });
});
