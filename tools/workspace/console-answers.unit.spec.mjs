import { join } from 'node:path';
import { expect, it } from 'vitest';
import { consoleAnswers } from './console-answers.mjs';
import { root } from './paths.mjs';

it('are for the page as the console describes them', async () => {
  await expect(await consoleAnswers()).toMatchFileSnapshot(join(root, 'apps/console-web/src/api/answers.ts'));
});
