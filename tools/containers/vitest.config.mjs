import { defineConfig } from 'vitest/config';
import workspace from '../../vitest.config.ts';

/** What `npm run test:containers` runs with: one system for all spec files, which so run one after the other. */
export default defineConfig({
  ...workspace,
  test: {
    ...workspace.test,
    include: ['tools/containers/src/**/*.spec.ts'],
    globalSetup: ['tools/containers/src/start-system.ts'],
    fileParallelism: false,
  },
});
