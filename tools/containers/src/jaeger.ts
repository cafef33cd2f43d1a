/** A span as Jaeger has it. */
export interface Span {
  readonly service: string;
  readonly name: string;
  readonly id: string;
  /** Empty of the first span of a trace. */
  readonly parent: string;
  /** Nanoseconds since 1970. */
  readonly startedAt: bigint;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Far more than one test makes. */
const MOST_TRACES = 20;
const HOUR = 3_600_000;

/** The spans of a trace that have arrived, the earliest first; none while there is no such trace. */
export async function spansOf(jaeger: string, traceId: string): Promise<Span[]> {
  return ask(`${jaeger}/api/v3/traces/${traceId}`);
}

/** The spans of all traces in which a span of the last hour has this attribute, of whatever service. */
export async function spansWith(jaeger: string, attribute: string, value: string): Promise<Span[]> {
  const asked = new URLSearchParams({
    'query.attributes': JSON.stringify({ [attribute]: value }),
    'query.start_time_min': new Date(Date.now() - HOUR).toISOString(),
    'query.start_time_max': new Date(Date.now() + HOUR).toISOString(),
    'query.num_traces': String(MOST_TRACES),
  });
  return ask(`${jaeger}/api/v3/traces?${asked}`);
}

async function ask(url: string): Promise<Span[]> {
  const answer = await fetch(url);
  if (answer.status === 404) return [];
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
  const { result } = (await answer.json()) as { result: Traces };
  return (result.resourceSpans ?? [])
    .flatMap(({ resource, scopeSpans }) => {
      const service = record(resource.attributes)['service.name'] ?? '';
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, service)));
    })
    .sort((a, b) => Number(a.startedAt - b.startedAt));
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
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

function spanOf(span: OtlpSpan, service: string): Span {
  return {
    service,
    name: span.name,
    id: span.spanId,
    parent: span.parentSpanId ?? '',
    startedAt: BigInt(span.startTimeUnixNano),
    attributes: record(span.attributes ?? []),
  };
}

function record(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
