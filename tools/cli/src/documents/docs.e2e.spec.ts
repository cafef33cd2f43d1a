import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import type { JsonSchema } from '@troupe/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOrderSystem } from '../workshop.spec.support.ts';
import { type Fixture, here, troupeIn, workspaceOf } from '../workspace/fixture.spec.support.ts';

beforeAll(buildOrderSystem, 120_000);

/** Of the order system. */
const CONTRACTS = 31;

const team: Fixture = {
  contracts: ['order.placed', 'order.paid'],
  apps: { cash: { steps: { pay: 'order.placed > order.paid' } } },
};

describe('troupe contracts docs in the order system', () => {
  it('writes an AsyncAPI document that is valid, with schemas that Ajv takes and an example of each message', async () => {
    const folder = await written();
    const text = await readFile(join(folder, 'asyncapi.json'), 'utf8');
    const diagnostics = await new Parser().validate(text);
    expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([]);

    const document = JSON.parse(text) as {
      components: { schemas: object; messages: Record<string, { examples?: { payload: object }[] }> };
      operations: object;
    };
    expect(Object.keys(document.operations)).toContain('payments__authorize.receive.order.placed.v1');
    const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'document');
    const schemas = Object.keys(document.components.schemas);
    expect(schemas).toContain('order.placed.v1.OrderLine');
    for (const schema of schemas) ajv.compile({ $ref: `document#/components/schemas/${schema}` });

    const messages = Object.entries(document.components.messages);
    expect(messages).toHaveLength(CONTRACTS);
    for (const [id, { examples = [] }] of messages) {
      expect(examples).toHaveLength(1);
      expect(ajv.validate(`document#/components/schemas/${id}`, examples[0]?.payload), id).toBe(true);
    }
  });

  it('writes two JSON Schemas for each contract, each complete in itself', async () => {
    const folder = await written();
    const files = globSync('schemas/*/*.json', { cwd: folder });
    expect(files).toHaveLength(2 * CONTRACTS);
    for (const file of files) {
      const schema = JSON.parse(await readFile(join(folder, file), 'utf8')) as JsonSchema;
      expect(schema.$id).toMatch(file.startsWith('schemas/accepted/') ? /:accepted$/ : /:v1$/);
      new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    }
  });

  it('writes a page for each contract, whose links lead somewhere', async () => {
    const folder = await written();
    const pages = globSync('**/*.html', { cwd: folder });
    expect(pages).toHaveLength(CONTRACTS + 1);
    for (const page of pages) {
      const text = await readFile(join(folder, page), 'utf8');
      for (const [, target = ''] of text.matchAll(/href="([^"]+)"/g)) {
        expect(existsSync(join(folder, dirname(page), target)), `${page} → ${target}`).toBe(true);
      }
    }
    const order = await readFile(join(folder, 'contracts/order.placed.v1.html'), 'utf8');
    expect(order).toContain('<p>A customer placed an order.</p>');
    expect(order).toContain('<li>payments, step <code>authorize</code></li>');
    expect(order).toMatch(
      /<code>lines\[\]\.quantity<\/code><\/th><td>integer<\/td><td>yes<\/td><td>1 to 1000000</,
    );
    expect(order).toMatch(/<h2>Examples<\/h2>\s*<pre><code>[^<]*&quot;sku&quot;: &quot;TENT-2P&quot;/);
    const index = await readFile(join(folder, 'index.html'), 'utf8');
    expect(index.match(/<a href="contracts\//g)).toHaveLength(CONTRACTS);
  });
});

describe('troupe contracts docs in a workspace of its own', () => {
  it('says what it wrote, and what is left of contracts that are gone', async () => {
    const folder = await workspaceOf(team);
    const first = await troupeIn(folder, 'contracts', 'docs', 'out');
    expect(first).toMatchObject({ code: 0, out: '2 contracts in 8 files: out/index.html\n' });
    await writeFile(join(folder, 'out/contracts/order.lost.v1.html'), '');
    const second = await troupeIn(folder, 'contracts', 'docs', 'out', '--json');
    expect(second.err).toContain('contracts/order.lost.v1.html is of no contract any more.');
    const { files } = JSON.parse(second.out) as { files: string[] };
    expect(files).toContain('schemas/accepted/order.paid.v1.json');
    for (const file of files) expect(existsSync(join(folder, 'out', file))).toBe(true);
  });

  it('shows text of contracts as text', async () => {
    const folder = await workspaceOf(team);
    await troupeIn(folder, 'contracts', 'docs');
    for (const page of ['index.html', 'contracts/order.paid.v1.html']) {
      const text = await readFile(join(folder, 'dist/contracts', page), 'utf8');
      expect(text).toContain('A &lt;b&gt;order.paid&lt;/b&gt;.');
      expect(text).not.toContain('<b>');
    }
  });

  it('ends with 3 without contracts, 2 for a wrong command line, 1 for a folder that cannot be written', async () => {
    const folder = await workspaceOf(team);
    expect(await troupeIn(folder, 'contracts', 'docs', 'one', 'two')).toMatchObject({ code: 2, out: '' });
    const blocked = await troupeIn(folder, 'contracts', 'docs', 'package.json');
    expect(blocked).toMatchObject({ code: 1, out: '' });
    expect(blocked.err).toMatch(/package\.json cannot be written: .*\n\(TROUPE_CLI_WORKSPACE\)/);
    await writeFile(join(folder, 'package.json'), '{}');
    expect(await troupeIn(folder, 'contracts', 'docs')).toMatchObject({ code: 3, out: '' });
  });
});

let documents: string | undefined;
afterAll(() => documents && rm(documents, { recursive: true }));

/** Where the documents of the order system are, written once for all tests. */
async function written(): Promise<string> {
  if (documents !== undefined) return documents;
  const folder = await mkdtemp(join(tmpdir(), 'troupe-documents-'));
  documents = folder;
  const { code, out } = await troupeIn(here, 'contracts', 'docs', folder);
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining(`${CONTRACTS} contracts in ${3 * CONTRACTS + 2} files`),
  });
  return folder;
}
