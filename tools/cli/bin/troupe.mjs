#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error(
    'troupe is not built here: run `npm run build` once, or `npm run troupe -- …`, which builds it.',
  );
  process.exitCode = 1;
}
