import { DiscardPolicy, type StreamConfig } from '@nats-io/jetstream';
import { differs, type Rule } from '../../rule.ts';

export const streams: Rule = {
  id: 'streams',
  tries: 'compares the settings of the streams that the app has for its steps',
  async check({ subject, names, parts }) {
    const delayed = names.delayed(subject.app);
    const crashes = names.crashes(subject.app);
    const wrongIn = async (name: string, settings: Settings): Promise<string[] | undefined> => {
      const info = await parts.manager.streams.info(name).catch(() => undefined);
      if (info === undefined) return undefined;
      const config = info.config as Settings;
      return Object.entries(settings).flatMap(([setting, value]) =>
        differs(`${setting} of ${name}`, orderless(config[setting as keyof Settings]), orderless(value)),
      );
    };
    return [
      ...((await wrongIn(delayed, { ...DELAYED, subjects: names.delayedSubjects(subject.app) })) ?? [
        `there is no stream ${delayed}`,
      ]),
      // An app need not mark what it handles again.
      ...((await wrongIn(`KV_${crashes}`, { ...CRASHES, subjects: [`$KV.${crashes}.>`] })) ?? []),
    ];
  },
};

type Settings = Partial<StreamConfig>;

const COMMON = { storage: 'file', retention: 'limits', allow_direct: true } as Settings;

const DELAYED: Settings = { ...COMMON, allow_msg_schedules: true, max_age: 0, max_bytes: -1 };

const CRASHES: Settings = {
  ...COMMON,
  discard: DiscardPolicy.New,
  max_msgs_per_subject: 1,
  max_age: 86_400_000_000_000,
  max_bytes: 4 * 1024 * 1024,
  deny_delete: true,
};

function orderless(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
