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
    // Tests mostly wait for a broker or a process: a file takes some 40 % of a core. When whole systems start, it is more.
    maxWorkers: Math.max(3, availableParallelism()),
    reporters: ['./tools/workspace/tests-line.mjs'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
