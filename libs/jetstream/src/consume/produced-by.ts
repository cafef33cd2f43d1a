import type { ProducingApp } from '../notices.ts';
import { announced } from './announced.ts';
import type { Work } from './work.ts';

const LONGEST = 256;

/** Who sent a message, by its CloudEvents `source` and `appversion`. */
export function producedBy(source: string, version?: string): ProducingApp {
  const [, app] = /^\/([a-z][a-z0-9-]*)(?:\/|$)/.exec(source) ?? [];
  return { app: (app ?? source).slice(0, LONGEST), version: version?.slice(0, LONGEST) || undefined };
}

/** The same of a message in hand; undefined when it does not say its source. */
export function producerOf({ eventIfKnown, delivery }: Work): ProducingApp | undefined {
  if (eventIfKnown !== undefined) return producedBy(eventIfKnown.source, eventIfKnown.extensions.appversion);
  const { source, appversion } = announced(delivery);
  return source === undefined ? undefined : producedBy(source, appversion);
}

/** For a sentence: `storefront 1.4.0`. */
export function nameOf(producer: ProducingApp | undefined): string {
  if (producer === undefined) return 'an unknown sender';
  const { app, version } = producer;
  return version === undefined ? app : `${app} ${version}`;
}
