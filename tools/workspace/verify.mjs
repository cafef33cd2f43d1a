import { Failure } from './failure.mjs';
import { runNode } from './node.mjs';
import { bin } from './paths.mjs';

/** What must hold before a change goes in, in the order in which a mistake is cheapest. */
const steps = [
  { name: 'format', runs: [[bin.biome, 'format', '.']], remedy: 'run `npm run format`' },
  {
    name: 'lint, with module boundaries',
    runs: [
      [bin.biome, 'lint', '.', '--diagnostic-level=warn', '--error-on-warnings'],
      [bin.eslint, '.', '--max-warnings', '0'],
    ],
    remedy: 'mend what is named above (`npm run format` mends some of it)',
  },
  { name: 'project references', runs: [[bin.nx, 'sync:check']], remedy: 'run `npx nx sync`' },
  {
    name: 'types',
    runs: [
      [bin.tsc, '-p', 'tools/workspace'],
      [bin.tsc, '-b', '--emitDeclarationOnly'],
    ],
    remedy: 'mend the types named above',
  },
  { name: 'build', runs: [[bin.tsc, '-b'], ['apps/console-web/build.mjs']], remedy: 'mend the errors above' },
  {
    name: 'the carrier, in Python',
    runs: [['tools/workspace/carrier-checks.mjs']],
    remedy: 'mend what is named above (`ruff format` and `ruff check --fix` mend some of it)',
  },
  {
    name: 'choreography',
    runs: [['tools/cli/dist/main.js', 'graph', '--check']],
    remedy: 'mend what is named above, or run `npm run troupe -- graph --write` if it is meant',
  },
  {
    name: 'contracts',
    runs: [['tools/cli/dist/main.js', 'contracts', 'check']],
    remedy: 'mend what is named above, or run `npm run troupe -- contracts lock` for compatible changes',
  },
];

/** Runs every check up to the first that fails; the tests come last, and so does the line that counts them. */
export async function verify() {
  const total = steps.length + 1;
  for (const [index, { name, runs, remedy }] of steps.entries()) {
    const began = Date.now();
    const title = `[${index + 1}/${total}] ${name}`;
    const took = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
    console.log(`${title} ...`);
    for (const args of runs) {
      if ((await runNode(args)) !== 0) throw new Failure(`${title} failed after ${took()}: ${remedy}.`);
    }
    console.log(`${title}: passed in ${took()}`);
  }
  console.log(`[${total}/${total}] tests (\`npm test -- <path>\` runs some alone) ...`);
  return runNode([bin.vitest, 'run']);
}
