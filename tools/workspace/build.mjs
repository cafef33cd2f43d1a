import { Failure } from './failure.mjs';
import { captureNode } from './node.mjs';
import { bin } from './paths.mjs';
import { step } from './progress.mjs';

/** The console's page, which is for browsers. */
const PAGE = 'apps/console-web';

/** Builds what changed, with the types checked: the projects in these folders and what they need, or all. */
export function build(folders = []) {
  return step('Building what changed', async () => {
    const pretty = String(process.stdout.isTTY === true);
    await run([bin.tsc, '-b', '--pretty', pretty, ...folders]);
    if (folders.length === 0 || folders.includes(PAGE)) await run([`${PAGE}/build.mjs`]);
  });
}

async function run(args) {
  const { code, output } = await captureNode(args);
  if (code === 0) return;
  throw new Failure(`${output}\nThe build failed: mend the errors above, then run this command again.`);
}
