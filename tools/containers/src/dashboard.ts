import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE } from './docker.ts';

/** What is read of a panel that is shipped for Grafana. */
export interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

export async function panels(): Promise<readonly Panel[]> {
  const dashboard = await readFile(join(WORKSPACE, 'deploy/grafana/troupe.json'), 'utf8');
  return (JSON.parse(dashboard) as { panels: Panel[] }).panels;
}
