import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type ChecksPlan, measureChecks, type Samples } from './measure.ts';
import { type ChecksReport, checksTable } from './report.ts';
import type { Compiling } from './start.ts';

const USAGE = `Measures how long one message takes to be parsed and checked: by its contract, by Ajv, zod and ValidationPipe.

  --quick   few messages: shows that the bench works, its figures mean nothing
  --json    one JSON document instead of the table
  --help    this text`;

const FULL: ChecksPlan = { rounds: 7, sliceMs: 300 };
const QUICK: ChecksPlan = { rounds: 3, sliceMs: 5 };
const CONTRACTS = 500;

/** Runs the bench for a person in a terminal. The exit code says whether it could measure, not what it found. */
async function main(): Promise<number> {
  let given: { quick?: boolean; json?: boolean; help?: boolean };
  try {
    given = parseArgs({
      options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (given.help) {
    console.log(USAGE);
    return 0;
  }
  const report = await measured(given.quick ? QUICK : FULL);
  console.log(given.json ? JSON.stringify(report, undefined, 2) : checksTable(report));
  return 0;
}

async function measured(plan: ChecksPlan): Promise<ChecksReport> {
  const lines: Record<string, Samples> = {};
  for (const count of [3, 50]) lines[count] = await measureChecks(count, plan);
  const compiling: Compiling[] = [];
  for (let round = 0; round < plan.rounds; round++) compiling.push(await compiled());
  return { rounds: plan.rounds, lines, compiling };
}

async function compiled(): Promise<Compiling> {
  const file = join(import.meta.dirname, 'start.js');
  const { stdout } = await promisify(execFile)(process.execPath, [file, String(CONTRACTS)]);
  return JSON.parse(stdout) as Compiling;
}

process.exitCode = await main();
