import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Gives every package of contracts the Nx target `contracts-check`: its contracts, held against contracts.lock. */
export const createNodes = [
  '{libs,apps,tools}/**/package.json',
  async (packageFiles, _options, context) =>
    Promise.all(packageFiles.map(async (file) => [file, await nodesOf(file, context.workspaceRoot)])),
];

async function nodesOf(file, workspaceRoot) {
  const { troupe } = JSON.parse(await readFile(join(workspaceRoot, file), 'utf8'));
  if (troupe?.contracts !== true) return {};
  const project = dirname(file);
  return { projects: { [project]: { root: project, targets: { 'contracts-check': checkTarget(project) } } } };
}

function checkTarget(project) {
  return {
    command: `node tools/cli/bin/troupe.mjs contracts check ${project}`,
    options: { cwd: '{workspaceRoot}' },
    dependsOn: ['build', { projects: ['@troupe/cli'], target: 'build' }],
    cache: true,
    inputs: [
      'production',
      '^production',
      '{workspaceRoot}/contracts.lock/*',
      '{workspaceRoot}/tools/cli/src/**/*',
    ],
    outputs: [],
    metadata: { description: 'Compares the contracts of the package with what was published of them.' },
  };
}
