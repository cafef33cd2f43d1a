import { defineConfig } from 'vitest/config';

const conditions = ['@troupe/source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['{libs,apps,tools}/**/src/**/*.spec.ts', 'tools/workspace/*.spec.mjs'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    environment: 'node',
    env: { LOG_LEVEL: 'silent' },
    pool: 'forks',
    reporters: ['./tools/workspace/tests-line.mjs'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
