import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Gives every package that has specs the Nx target `test`: its own specs, run with the one Vitest configuration. */
export const createNodes = [
  '{libs,apps,tools}/**/package.json',
  async (packageFiles, _options, context) =>
    Promise.all(
      packageFiles.map(async (file) => [file, await nodesOf(dirname(file), context.workspaceRoot)]),
    ),
];

async function nodesOf(project, workspaceRoot) {
  const files = await readdir(join(workspaceRoot, project, 'src'), { recursive: true }).catch(() => []);
  if (!files.some((file) => file.endsWith('.spec.ts'))) return {};
  return { projects: { [project]: { root: project, targets: { test: testTarget(project) } } } };
}

function testTarget(project) {
  return {
    command: `vitest run ${project}/src`,
    options: { cwd: '{workspaceRoot}' },
    cache: true,
    inputs: [
      'default',
      '^production',
      '{workspaceRoot}/vitest.config.ts',
      { externalDependencies: ['vitest'] },
    ],
    outputs: [],
    metadata: { technologies: ['vitest'], description: 'Runs the specs of the package.' },
  };
}
