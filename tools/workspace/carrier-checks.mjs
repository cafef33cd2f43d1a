import { carrier, NO_PYTHON, pythonOf, runPython } from './python.mjs';

/** Format, lint and types of the carrier, as its own team has them. */
const checks = [
  ['ruff', 'format', '--check', 'src', 'tests', 'scripts'],
  ['ruff', 'check', 'src', 'tests', 'scripts'],
  ['mypy'],
];

const python = await pythonOf(carrier);
if (python === undefined) {
  console.log(`not run: ${NO_PYTHON}`);
} else {
  for (const check of checks) {
    const { code, output } = await runPython(python, ['-m', ...check], carrier);
    if (code === 0) continue;
    console.error(`${output}\n${check.join(' ')} failed in apps/carrier.`);
    process.exitCode = 1;
  }
}
