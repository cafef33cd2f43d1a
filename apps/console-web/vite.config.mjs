import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Builds into `dist/page` what the console serves: `index.html` and, under names that change with their content, `assets`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/ui/',
  logLevel: 'warn',
  build: {
    outDir: join(import.meta.dirname, 'dist/page'),
    emptyOutDir: true,
    // What stands inside of another file, the content security policy would not let in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Packages say what is for browsers alone, and here all is.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
