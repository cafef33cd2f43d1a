import { join } from 'node:path';
import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Settings, TROUPE_OPTIONS, TROUPE_SETTINGS, type TroupeOptions } from '@troupe/nest';
import type { Database } from './database/database.ts';
import { embeddedDatabase, IN_MEMORY } from './database/embedded.ts';
import { postgresDatabase } from './database/postgres.ts';
import { Inbox, type InboxOptions } from './inbox.ts';
import type { Migration } from './migrations.ts';

/** What `InboxModule.forRoot` takes; the app is the one of `TroupeModule.forRoot`. */
export interface InboxModuleOptions extends Omit<InboxOptions, 'app' | 'migrations'> {
  /** As of an inbox; or what gives them when the app is made, for those that depend on its settings. */
  readonly migrations?: readonly Migration[] | (() => readonly Migration[]);
}

const DEFAULT_DATA = join('.troupe', 'data');

/**
 * Gives an app an `Inbox`, in the PostgreSQL that `DATABASE_URL` names, else in an embedded database in the folder
 * `<TROUPE_DATA>/<app>`. A step uses it with `@Step({ …, effects: Inbox })`.
 */
@Module({})
export class InboxModule implements OnApplicationShutdown {
  constructor(private readonly inbox: Inbox) {}

  static forRoot(options: InboxModuleOptions = {}): DynamicModule {
    const { migrations = [], ...rest } = options;
    return {
      module: InboxModule,
      global: true,
      providers: [
        {
          provide: Inbox,
          inject: [TROUPE_OPTIONS, TROUPE_SETTINGS],
          useFactory: ({ app, prefix }: TroupeOptions, settings: Settings): Inbox => {
            const database = databaseOf(settings, app, settings.prefix ?? prefix);
            const { inboxDays } = settings;
            return new Inbox(database, {
              ...rest,
              app,
              migrations: typeof migrations === 'function' ? migrations() : migrations,
              ...(inboxDays !== undefined && { keepDays: inboxDays }),
            });
          },
        },
      ],
      exports: [Inbox],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.inbox.close();
  }
}

/** Environments that share a machine each have a folder of their own. */
function databaseOf({ database, data = DEFAULT_DATA }: Settings, app: string, prefix = ''): Database {
  if (database !== undefined) return postgresDatabase(database);
  const folder = prefix === '' ? app : `${prefix}_${app}`;
  return embeddedDatabase(data === IN_MEMORY ? IN_MEMORY : join(data, folder));
}
