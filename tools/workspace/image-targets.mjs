import { basename, dirname } from 'node:path';
import { isProcess } from './apps.mjs';

/** Gives every app that is a process the Nx target `image`: its container image, under the name that docker-compose.yml has for it. */
export const createNodes = [
  'apps/*/package.json',
  (packageFiles) =>
    packageFiles
      .filter((file) => isProcess(basename(dirname(file))))
      .map((file) => {
        const project = dirname(file);
        const targets = { image: imageTarget(basename(project)) };
        return [file, { projects: { [project]: { root: project, targets } } }];
      }),
];

/** Without a cache: the engine keeps what it built, and may have been told to forget it. */
function imageTarget(app) {
  return {
    command: `docker compose build ${app}`,
    options: { cwd: '{workspaceRoot}' },
    cache: false,
    inputs: ['production', '^production', '{workspaceRoot}/Dockerfile', '{workspaceRoot}/deploy/image/*'],
    outputs: [],
    metadata: { technologies: ['docker'], description: 'Builds the container image of the app.' },
  };
}
