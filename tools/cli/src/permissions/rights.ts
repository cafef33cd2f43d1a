import { consumersOf, type DeclaredApp, declareApp, inboxOf, type Names } from '@troupe/jetstream';

/** Subjects that a user may publish on and subscribe to; what is denied outranks what is allowed. */
export interface Rights {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly deny?: readonly string[];
}

/** An app as its rights need it: `buckets` are those that it has besides the runtime's. */
export interface PermittedApp extends DeclaredApp {
  readonly produces: DeclaredApp['steps'][number]['emits'];
  readonly buckets: readonly string[];
}

/**
 * What an app needs that finds its topology made, and nothing else: its contracts' subjects, its own consumers, what is
 * about its own steps, and its own inbox. The subjects are those of the account that has the streams.
 * @param asking who asks instances for signs of life, and is answered
 */
export function rightsOf(app: PermittedApp, names: Names, asking: readonly string[]): Rights {
  const own = declareApp(names, app);
  const consumers = consumersOf(own);
  const sent = [...app.produces, ...app.steps.flatMap(({ emits }) => emits)];
  const subjects = each(sent.map((contract) => `${names.contractSubject(contract)}.*`));
  const streams = [names.events, names.deadLetters, names.notices, ...own.streams.map(({ name }) => name)];
  const hasSteps = app.steps.length > 0;
  const orchestrates = app.steps.some(({ orchestration }) => orchestration !== undefined);
  const orchestrations = names.orchestrations(app.app);
  return {
    publish: [
      ...subjects,
      ...streams.map((stream) => api(`STREAM.INFO.${stream}`)),
      ...subjects.map((subject) => api(`DIRECT.GET.${names.events}.${subject}`)),
      ...consumers.flatMap(({ stream, config: { durable_name: durable } }) => [
        api(`CONSUMER.INFO.${stream}.${durable}`),
        api(`CONSUMER.MSG.NEXT.${stream}.${durable}`),
        `$JS.ACK.${stream}.${durable}.>`,
        `$JS.ACK.*.*.${stream}.${durable}.>`,
      ]),
      ...(hasSteps ? ofSteps(names, app.app) : []),
      ...(orchestrates ? ofBucket(orchestrations) : []),
      ...app.buckets.flatMap((bucket) => ofBucket(names.bucket(bucket))),
      ...(app.buckets.length > 0 ? [api('INFO')] : []),
      names.noticeSubject('*', app.app, '*'),
      ...asking.map((one) => `${inboxOf(one)}.>`),
    ],
    subscribe: [
      `${inboxOf(app.app)}.>`,
      ...microSubjects(app.app),
      ...(hasSteps ? [names.instancesSubject(app.app)] : []),
      ...(orchestrates ? [`$KV.${orchestrations}.>`] : []),
    ],
  };
}

/** On which an instance is asked for signs of life. */
export function microSubjects(app: string): string[] {
  return ['$SRV.*', `$SRV.*.${app}`, `$SRV.*.${app}.*`];
}

function ofSteps(names: Names, app: string): string[] {
  const marks = names.crashes(app);
  return [
    ...names.delayedSubjects(app),
    names.deadLetterSubject(app, '*'),
    names.instancesSubject(app),
    `$KV.${marks}.>`,
    api(`STREAM.MSG.GET.KV_${marks}`),
    api(`STREAM.PURGE.KV_${marks}`),
  ];
}

function ofBucket(bucket: string): string[] {
  return [
    `$KV.${bucket}.>`,
    api(`STREAM.INFO.KV_${bucket}`),
    api(`STREAM.MSG.GET.KV_${bucket}`),
    api(`DIRECT.GET.KV_${bucket}`),
    api(`DIRECT.GET.KV_${bucket}.>`),
  ];
}

/** A request to the server's own JetStream API. */
export function api(request: string): string {
  return `$JS.API.${request}`;
}

export function each(subjects: readonly string[]): string[] {
  return [...new Set(subjects)].sort();
}
