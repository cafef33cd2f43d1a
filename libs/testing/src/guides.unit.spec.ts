import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const workspace = join(import.meta.dirname, '../../..');
const sources = globSync('{libs/{nest,testing},apps/payments}/src/**/*.ts', { cwd: workspace }).map((path) =>
  withoutIndent(readFileSync(join(workspace, path), 'utf8')),
);

describe.each(['writing-a-step', 'testing', 'changing-a-contract'])('the guide %s', (guide) => {
  const text = readFileSync(join(workspace, 'docs/guides', `${guide}.md`), 'utf8');
  const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, example = '']) => example);

  it('has examples', () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples)('shows code that runs: %s', (example) => {
    expect(sources.filter((source) => source.includes(withoutIndent(example)))).not.toEqual([]);
  });
});

function withoutIndent(text: string): string {
  return text.replace(/^ +/gm, '');
}
