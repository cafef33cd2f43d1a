import type { Found, Orchestrations } from '@troupe/orchestration';
import type { Options } from '../command.ts';
import type { Environment } from '../environment.ts';
import { UsageError } from '../errors.ts';

/** Options that say of which orchestrations an instance is. */
export const OF = {
  app: { type: 'string', value: '<name>', about: 'of this app' },
  orchestration: { type: 'string', value: '<name>', about: 'of this orchestration' },
} as const satisfies Options;

/** What was given for them. */
export interface Of {
  readonly app?: string | undefined;
  readonly orchestration?: string | undefined;
}

/** One orchestration of an app. */
export interface Named {
  readonly orchestrations: Orchestrations;
  readonly name: string;
}

/** An instance and whose it is. */
export interface NamedInstance extends Named {
  readonly found: Found;
}

/** The orchestrations that are meant, by app and name. */
export async function namedBy({ app, orchestration }: Of, environment: Environment): Promise<Named[]> {
  const apps = (await environment.orchestrations()).filter((one) => app === undefined || one.app === app);
  const named = await Promise.all(
    apps.map(async (orchestrations) =>
      (await orchestrations.names()).map((name) => ({ orchestrations, name })),
    ),
  );
  return named.flat().filter(({ name }) => orchestration === undefined || name === orchestration);
}

/**
 * The instance of an id; undefined when there is none.
 * @throws UsageError without one id, or when several orchestrations have an instance of it
 */
export async function instanceOf(
  [id, ...others]: readonly string[],
  of: Of,
  environment: Environment,
): Promise<NamedInstance | undefined> {
  if (!id || others.length > 0)
    throw new UsageError('Say the id of one instance, which is that of its flow.');
  const named = await namedBy(of, environment);
  const all = await Promise.all(
    named.map(async (one) => {
      const found = await one.orchestrations.records.find(one.name, id);
      return found === undefined ? [] : [{ ...one, found }];
    }),
  );
  const [instance, ...twins] = all.flat();
  if (twins.length === 0) return instance;
  const whose = [instance, ...twins].map((one) => `${one?.orchestrations.app}/${one?.name}`).join(', ');
  throw new UsageError(`${id} is an instance of ${whose}: say which with --orchestration or --app.`);
}
