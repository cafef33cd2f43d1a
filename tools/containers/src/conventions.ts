import type { Span } from './jaeger.ts';

/** Numbers of OTLP. */
const KINDS: Readonly<Record<string, number>> = { send: 4, process: 5 };
const ANYTHING = /\S/;

/** What the span of a message says otherwise than OpenTelemetry's messaging conventions have it, a sentence each. */
export function deviationsOf(span: Span): string[] {
  return Object.entries(expectedOf(span)).flatMap(([what, [said, expected]]) => {
    const isSo = typeof expected === 'string' ? said === expected : said !== undefined && expected.test(said);
    return isSo ? [] : [`${span.service}, ${span.name}: ${what} is ${said}, not ${expected}`];
  });
}

type Expected = readonly [said: string | undefined, expected: string | RegExp];

function expectedOf({ service, name, kind, attributes, resource }: Span): Record<string, Expected> {
  const of = (attribute: string): string | undefined => attributes[`messaging.${attribute}`];
  const operation = of('operation.name') ?? '';
  const subject = of('destination.name') ?? '';
  const dot = subject.lastIndexOf('.') + 1;
  const isScheduled = subject.startsWith('sch.');
  const template = `${subject.slice(0, dot)}${isScheduled ? '{schedule}' : '{lane}'}`;
  return {
    'service.name': [resource['service.name'], ANYTHING],
    'service.version': [resource['service.version'], /^\d+\.\d+\.\d+/],
    'service.instance.id': [resource['service.instance.id'], ANYTHING],
    'its name': [name, `${operation} ${template}`],
    'its kind': [String(kind), String(KINDS[operation])],
    'messaging.system': [of('system'), 'nats'],
    'messaging.operation.name': [operation, /^(send|process)$/],
    'messaging.operation.type': [of('operation.type'), operation],
    'messaging.destination.name': [subject, /^(evt|cmd|rdv|sch)(\.[^.]+)+$/],
    'messaging.destination.template': [of('destination.template'), template],
    'messaging.message.id': [of('message.id'), ANYTHING],
    'messaging.message.conversation_id': [of('message.conversation_id'), ANYTHING],
    'messaging.message.body.size': [of('message.body.size'), /^\d+$/],
    ...(!isScheduled && {
      'messaging.destination.partition.id': [of('destination.partition.id'), subject.slice(dot)],
    }),
    ...(operation === 'process' && {
      'messaging.consumer.group.name': [
        of('consumer.group.name'),
        `${service}__${attributes['troupe.step']}`,
      ],
    }),
  };
}
