import { Failure } from './failure.mjs';
import { captureNode } from './node.mjs';
import { bin } from './paths.mjs';
import { step } from './progress.mjs';

/** Builds what changed, with the types checked: the projects in these folders and what they need, or all. */
export function build(folders = []) {
  return step('Building what changed', async () => {
    const pretty = String(process.stdout.isTTY === true);
    const { code, output } = await captureNode([bin.tsc, '-b', '--pretty', pretty, ...folders]);
    if (code === 0) return;
    throw new Failure(`${output}\nThe build failed: mend the errors above, then run this command again.`);
  });
}
