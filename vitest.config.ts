import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// `import` and `require` are told apart by Vite and Node themselves: named here, CommonJS would require ES modules.
const conditions = ['@troupe/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{libs,apps,tools}/**/src/**/*.spec.ts', 'tools/workspace/*.spec.mjs'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    environment: 'node',
    env: { LOG_LEVEL: 'silent' },
    pool: 'forks',
    // Most tests wait for a broker or a process: on two cores, one at a time leaves them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['./tools/workspace/tests-line.mjs'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
