/** A span as Jaeger has it. */
export interface Span {
  readonly service: string;
  /** What is said of the process that it is of. */
  readonly resource: Readonly<Record<string, string>>;
  readonly name: string;
  /** OTLP's number. */
  readonly kind: number;
  readonly id: string;
  /** Empty of the first span of a trace. */
  readonly parent: string;
  /** Nanoseconds since 1970. */
  readonly startedAt: bigint;
  readonly attributes: Readonly<Record<string, string>>;
  /** Spans of other traces that it refers to. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** Far more than one flow has. */
const MOST_TRACES = '20';

/** The spans of a trace that have arrived, the earliest first; none while there is no such trace. */
export async function spansOf(jaeger: string, traceId: string): Promise<Span[]> {
  const url = `${jaeger}/api/v3/traces/${traceId}`;
  const answer = await fetch(url);
  if (answer.status === 404) return [];
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
  const { result } = (await answer.json()) as { result: Traces };
  return (result.resourceSpans ?? [])
    .flatMap(({ resource, scopeSpans }) => {
      const said = record(resource.attributes);
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, said)));
    })
    .sort((a, b) => Number(a.startedAt - b.startedAt));
}

/** The ids of the traces of the last hour in which a span of this service has this tag, as a person searches for them. */
export async function tracesWith(
  jaeger: string,
  service: string,
  tag: Readonly<Record<string, string>>,
): Promise<string[]> {
  const asked = new URLSearchParams({
    service,
    tags: JSON.stringify(tag),
    lookback: '1h',
    limit: MOST_TRACES,
  });
  const answer = await fetch(`${jaeger}/api/traces?${asked}`);
  const { data } = (await answer.json()) as { data: { traceID: string }[] };
  return data.map(({ traceID }) => traceID);
}

/** What is read of OTLP's JSON. */
interface Traces {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
  readonly links?: Span['links'];
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

function spanOf(span: OtlpSpan, resource: Span['resource']): Span {
  return {
    service: resource['service.name'] ?? '',
    resource,
    name: span.name,
    kind: span.kind,
    id: span.spanId,
    parent: span.parentSpanId ?? '',
    startedAt: BigInt(span.startTimeUnixNano),
    attributes: record(span.attributes ?? []),
    links: span.links ?? [],
  };
}

function record(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
