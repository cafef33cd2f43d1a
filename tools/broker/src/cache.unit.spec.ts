import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from './cache.ts';

it('takes TROUPE_CACHE first, then XDG_CACHE_HOME, then what the platform uses', () => {
  const env = { HOME: '/home/ada', XDG_CACHE_HOME: '/x', TROUPE_CACHE: '/t' };
  expect(cacheFolder(env, 'linux')).toBe('/t');
  expect(cacheFolder({ ...env, TROUPE_CACHE: '' }, 'linux')).toBe(join('/x', 'troupe'));
  expect(cacheFolder({ HOME: '/home/ada' }, 'linux')).toBe(join('/home/ada', '.cache', 'troupe'));
  expect(cacheFolder({ HOME: '/Users/ada' }, 'darwin')).toBe(
    join('/Users/ada', 'Library', 'Caches', 'troupe'),
  );
});
