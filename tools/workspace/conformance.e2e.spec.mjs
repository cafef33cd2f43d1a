import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { capture } from './node.mjs';
import { root } from './paths.mjs';
import { carrier, NO_PYTHON, pythonOf } from './python.mjs';

/** A step, on a machine with much else to do. */
const LONGEST = 540_000;
const SOURCES = join(carrier, 'src');

describe('the carrier, in Python', () => {
  let python;
  /** Takes spans, which are made only where somebody does. */
  const collector = createServer((request, response) => request.resume().on('end', () => response.end()));
  beforeAll(async () => {
    const { code, output } = await capture(start(join(root, 'node_modules/.bin/tsc'), ['-b', 'tools/cli']));
    if (code !== 0) throw new Error(output);
    python = await pythonOf(carrier);
    await once(collector.listen(0, '127.0.0.1'), 'listening');
  }, LONGEST);
  afterAll(() => collector.close());

  it.concurrent.for(['carrier__collect', 'carrier__sort', 'carrier__deliver'])(
    '%s keeps every rule of the wire',
    { timeout: LONGEST },
    async (step, { expect, skip }) => {
      if (python === undefined) skip(NO_PYTHON);
      const { code, output } = await capture(
        start(process.execPath, [
          ...['tools/cli/bin/troupe.mjs', 'conformance', step, '--json'],
          ...['--run', `"${python}" -m carrier`, '--env', `PYTHONPATH=${SOURCES}`],
          ...[
            '--env',
            `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (collector.address()).port}`,
          ],
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

function start(program, args, env = process.env) {
  return spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}
