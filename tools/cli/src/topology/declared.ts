import { declareBucket, type EnvironmentDeclaration, LETTERS_BUCKET, type Names } from '@troupe/jetstream';
import type { Options, Run } from '../command.ts';
import { UsageError } from '../errors.ts';
import { declaredApp, readWorkspace } from '../workspace/workspace.ts';

/** What `plan` and `apply` have in common. */
export const OPTIONS = {
  replicas: {
    type: 'string',
    value: '<number>',
    about:
      'copies that a cluster keeps of each stream, bucket and consumer: 1, 3 or 5 (default TROUPE_REPLICAS, else 1)',
  },
  workspace: {
    type: 'string',
    value: '<folder>',
    about: 'where the package.json with the workspaces is (default: here)',
  },
} as const satisfies Options;

/** All that the workspace's apps need in the broker, by their code. */
export async function declaredBy(
  { values, terminal, variables }: Pick<Run<typeof OPTIONS>, 'values' | 'terminal' | 'variables'>,
  names: Names,
): Promise<EnvironmentDeclaration> {
  const replicas = replicasOf(values.replicas ?? (variables.TROUPE_REPLICAS || undefined));
  const read = (path: string): void => terminal.progress(`reading ${path}`);
  const { apps, consoles } = await readWorkspace(values.workspace ?? '.', read);
  // No other command needs what it is made of.
  const { orchestrationBucket } = await import('@troupe/orchestration');
  const orchestrating = apps.filter(({ steps }) => steps.some((step) => step.orchestration !== undefined));
  const own = [...apps, ...consoles].flatMap(({ buckets }) => Object.entries(buckets));
  return {
    apps: apps.map(declaredApp),
    buckets: [
      ...orchestrating.map(({ app }) => orchestrationBucket(names.orchestrations(app), replicas)),
      ...[[LETTERS_BUCKET, {}] as const, ...own].map(([bucket, bounds]) =>
        declareBucket(names.bucket(bucket), bounds, replicas),
      ),
    ],
    settings: { replicas },
  };
}

function replicasOf(text: string | undefined): number {
  if (text === undefined) return 1;
  if (!['1', '3', '5'].includes(text)) throw new UsageError(`--replicas is 1, 3 or 5, not ${text}.`);
  return Number(text);
}
