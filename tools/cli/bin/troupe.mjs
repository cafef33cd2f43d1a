#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

// What Node compiles is kept among the temporary files, for the next start. Node 22 may not have it yet.
module.enableCompileCache?.();

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error(
    'troupe is not built here: run `npm run build` once, or `npm run troupe -- …`, which builds it.',
  );
  process.exitCode = 1;
}
