import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carrier, NO_PYTHON, pythonOf, runPython } from './python.mjs';

/** Installing packages and all tests, on a machine with much else to do. */
const LONGEST = 540_000;

const python = await pythonOf(carrier);
const tests = python === undefined ? [] : await collect();

describe('apps/carrier', () => {
  if (python === undefined) {
    it('is held to the wire by its own tests', (context) => context.skip(NO_PYTHON));
    return;
  }
  /** @type {Map<string, { problem?: string, skipped?: string }>} */
  let results = new Map();
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'troupe-pytest-'));
    const report = join(folder, 'report.xml');
    await fetchServer();
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${report}`];
    const { output } = await runPython(python, args, carrier);
    const written = await readFile(report, 'utf8').catch(() => {
      throw new Error(`pytest wrote no report:\n${output}`);
    });
    results = resultsIn(written);
  }, LONGEST);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.for(tests)('%s', (name, context) => {
    const { problem, skipped } = results.get(name) ?? { problem: 'pytest says nothing of it' };
    if (skipped !== undefined) context.skip(skipped);
    expect(problem).toBeUndefined();
  });
});

/** The ids of all tests, as pytest prints them. */
async function collect() {
  const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--collect-only'];
  const { code, output } = await runPython(python, args, carrier);
  if (code !== 0) throw new Error(`pytest cannot read the tests of the carrier:\n${output}`);
  return output.split('\n').filter((line) => line.startsWith('tests/') && line.includes('::'));
}

/** Where nats-server is not at hand, starting one fetches it to where the tests of the carrier look for it. */
async function fetchServer() {
  const server = await startNatsServer();
  await server.stop();
}

/** What became of each test, by its id, from pytest's JUnit report. */
function resultsIn(report) {
  const cases = report.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs);
  return new Map([...cases].map(([, attributes = '', inside = '']) => [idOf(attributes), resultIn(inside)]));
}

function idOf(attributes) {
  const value = (name) => text(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
  return `${value('classname').replaceAll('.', '/')}.py::${value('name')}`;
}

function resultIn(inside) {
  const [, kind, attributes = '', detail = ''] =
    /<(failure|error|skipped)\b([^>]*?)(?:\/>|>(.*?)<\/\1>)/s.exec(inside) ?? [];
  if (kind === undefined) return {};
  const message = text(/\bmessage="([^"]*)"/.exec(attributes)?.[1] ?? '');
  return kind === 'skipped' ? { skipped: message } : { problem: text(detail) || message };
}

function text(escaped) {
  const characters = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return escaped
    .replace(/&#(x?)([0-9a-fA-F]+);/g, (_, hex, digits) =>
      String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)),
    )
    .replace(/&(lt|gt|quot|amp);/g, (_, name) => characters[name]);
}
