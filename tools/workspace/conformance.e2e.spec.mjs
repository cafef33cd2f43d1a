import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture } from './node.mjs';
import { root } from './paths.mjs';

/** A step, on a machine with much else to do. */
const LONGEST = 540_000;
const SOURCES = join(root, 'apps/carrier/src');
const NO_PYTHON =
  'no Python here has the packages of apps/carrier: npm test -- tools/workspace/carrier installs them';

describe('the carrier, in Python', () => {
  let python;
  /** Takes spans, which are made only where somebody does. */
  const collector = createServer((request, response) => request.resume().on('end', () => response.end()));
  beforeAll(async () => {
    const { code, output } = await capture(start(join(root, 'node_modules/.bin/tsc'), ['-b', 'tools/cli']));
    if (code !== 0) throw new Error(output);
    python = await pythonOfCarrier();
    await once(collector.listen(0, '127.0.0.1'), 'listening');
  }, LONGEST);
  afterAll(() => collector.close());

  it.for(['carrier__collect', 'carrier__sort', 'carrier__deliver'])(
    '%s keeps every rule of the wire',
    { timeout: LONGEST },
    async (step, { skip }) => {
      if (python === undefined) skip(NO_PYTHON);
      const { code, output } = await capture(
        start(process.execPath, [
          ...['tools/cli/bin/troupe.mjs', 'conformance', step, '--json'],
          ...['--run', `"${python}" -m carrier`, '--env', `PYTHONPATH=${SOURCES}`],
          ...['--env', `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${collector.address().port}`],
        ]),
      );
      const { rules } = JSON.parse(output.split('\n').find((line) => line.startsWith('{"step"')) ?? '{}');
      expect(
        rules?.filter(({ verdict }) => verdict !== 'holds'),
        output,
      ).toEqual([]);
      expect(rules.length).toBeGreaterThan(40);
      expect(code).toBe(0);
    },
  );
});

/** That of an environment made for it: by its own tests, or by uv. */
async function pythonOfCarrier() {
  const made = globSync(['node_modules/.cache/troupe-python/*/bin/python', 'apps/carrier/.venv/bin/python'], {
    cwd: root,
  });
  for (const program of made.map((path) => join(root, path))) {
    const env = { ...process.env, PYTHONPATH: SOURCES };
    const { code } = await capture(start(program, ['-c', 'import carrier.main'], env));
    if (code === 0) return program;
  }
  return undefined;
}

function start(program, args, env = process.env) {
  return spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}
