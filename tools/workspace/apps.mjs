import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** The apps that are processes, by their folders. The console's page is none: the console serves it. */
export const apps = readdirSync(join(root, 'apps')).filter(isProcess);

/** Whether an app is a process, by the tags of its package. */
export function isProcess(app) {
  const { nx } = JSON.parse(readFileSync(join(root, 'apps', app, 'package.json'), 'utf8'));
  return nx.tags.includes('type:app');
}
