import type { StreamConfig } from '@nats-io/jetstream';
import { differs, type Rule } from '../../rule.ts';

export const streams: Rule = {
  id: 'streams',
  tries: 'compares the settings of the streams that the app has for its steps',
  async check({ subject, names, parts }) {
    const { app } = subject;
    const crashes = names.crashes(app);
    const expected: readonly [string, Partial<StreamConfig>][] = [
      [
        names.delayed(app),
        {
          ...COMMON,
          subjects: names.delayedSubjects(app),
          allow_msg_schedules: true,
          max_age: 0,
          max_bytes: -1,
        },
      ],
      [
        `KV_${crashes}`,
        {
          ...COMMON,
          subjects: [`$KV.${crashes}.>`],
          discard: 'new' as StreamConfig['discard'],
          max_msgs_per_subject: 1,
          max_age: 86_400_000_000_000,
          max_bytes: 4 * 1024 * 1024,
          deny_delete: true,
        },
      ],
    ];
    const compared = expected.map(async ([name, settings]) => {
      const info = await parts.manager.streams.info(name).catch(() => undefined);
      if (info === undefined) return [`there is no stream ${name}`];
      const config = info.config as unknown as Record<string, unknown>;
      return Object.entries(settings).flatMap(([setting, value]) =>
        differs(`${setting} of ${name}`, orderless(config[setting]), orderless(value)),
      );
    });
    return (await Promise.all(compared)).flat();
  },
};

const COMMON = { storage: 'file', retention: 'limits', allow_direct: true } as Partial<StreamConfig>;

function orderless(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
