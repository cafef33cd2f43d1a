import {
  consumersOf,
  type DeclaredApp,
  declareApp,
  inboxOf,
  LETTERS_BUCKET,
  type Names,
} from '@troupe/jetstream';
import { COMMAND_LINE } from '../environment.ts';
import { api, microSubjects, type Rights } from './rights.ts';

/**
 * What the console needs: it reads every stream and hears every acknowledgement, writes about dead letters and alerts, and
 * prunes. It may make consumers of its own, and not touch those of the steps.
 */
export function consoleRights(
  { app, buckets }: { readonly app: string; readonly buckets: readonly string[] },
  apps: readonly DeclaredApp[],
  names: Names,
): Rights {
  const declared = apps.map((one) => declareApp(names, one));
  const delayed = apps.filter(({ steps }) => steps.length > 0).map((one) => names.delayed(one.app));
  const messages = [names.events, ...delayed];
  const written = [LETTERS_BUCKET, ...buckets].map((bucket) => names.bucket(bucket));
  const heard = [...messages, names.deadLetters, names.notices];
  const read = [...heard, ...written.map((bucket) => `KV_${bucket}`)];
  const durables = declared
    .flatMap(consumersOf)
    .map(({ stream, config }) => `${stream}.${config.durable_name}`);
  return {
    publish: [
      api('INFO'),
      api('STREAM.NAMES'),
      api('STREAM.INFO.*'),
      api('STREAM.MSG.GET.*'),
      api('DIRECT.GET.*'),
      api('DIRECT.GET.*.>'),
      api('CONSUMER.LIST.*'),
      api('CONSUMER.INFO.*.*'),
      ...read.flatMap((stream) => [
        api(`CONSUMER.CREATE.${stream}`),
        api(`CONSUMER.CREATE.${stream}.>`),
        api(`CONSUMER.MSG.NEXT.${stream}.*`),
        api(`CONSUMER.DELETE.${stream}.*`),
      ]),
      ...written.map((bucket) => `$KV.${bucket}.>`),
      ...[...messages, ...written.map((bucket) => `KV_${bucket}`)].map((stream) =>
        api(`STREAM.PURGE.${stream}`),
      ),
      api(`STREAM.MSG.DELETE.${names.deadLetters}`),
      '$SRV.PING',
      `${inboxOf(app)}.>`,
      `${inboxOf(COMMAND_LINE)}.>`,
    ],
    deny: durables.flatMap((durable) => [
      api(`CONSUMER.CREATE.${durable}`),
      api(`CONSUMER.CREATE.${durable}.>`),
      api(`CONSUMER.MSG.NEXT.${durable}`),
      api(`CONSUMER.DELETE.${durable}`),
    ]),
    subscribe: [
      `${inboxOf(app)}.>`,
      ...heard.flatMap((stream) => [`$JS.ACK.${stream}.>`, `$JS.ACK.*.*.${stream}.>`]),
      ...microSubjects(app),
    ],
  };
}

/**
 * What whoever looks after an environment needs: all of the JetStream API (it makes the topology), and to send again, to
 * sweep and to ask orchestrations. It sends no event and no command, and answers for no step.
 */
export function operatorRights(apps: readonly DeclaredApp[], names: Names): Rights {
  const withSteps = apps.filter(({ steps }) => steps.length > 0);
  return {
    publish: [
      api('>'),
      ...withSteps.flatMap(({ app }) => names.delayedSubjects(app)),
      names.all('dlq'),
      `$KV.${names.bucket(LETTERS_BUCKET)}.>`,
      `$JS.ACK.${names.notices}.>`,
      `$JS.ACK.*.*.${names.notices}.>`,
      '$SRV.>',
    ],
    subscribe: [`${inboxOf(COMMAND_LINE)}.>`],
  };
}
