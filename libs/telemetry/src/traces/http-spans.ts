import {
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import { spanContextOf } from './trace-context.ts';

/** The part of Fastify that is needed: its hooks. */
export interface Hooked {
  addHook(
    name: 'onRequest' | 'preHandler' | 'onResponse',
    hook: (request: HttpRequest, reply: HttpReply, done: () => void) => void,
  ): unknown;
  addHook(name: 'onRequestAbort', hook: (request: HttpRequest, done: () => void) => void): unknown;
}

interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly protocol: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface HttpReply {
  readonly statusCode: number;
}

/** Probes and scrapes come every few seconds and would bury what people look for. */
const UNTRACED = /^\/(metrics|health)(\/|$)/;

/**
 * Makes a span of every request that has a route, child of what the client sent, in which the route's handler runs:
 * so an order that comes in by HTTP opens the trace of its flow.
 */
export function traceRequests(server: Hooked, tracer: Tracer): void {
  const spans = new WeakMap<HttpRequest, Span>();
  const end = (request: HttpRequest, statusCode: number | undefined): void => {
    const span = spans.get(request);
    spans.delete(request);
    if (span !== undefined) endSpan(span, statusCode);
  };
  server.addHook('onRequest', (request, _reply, done) => {
    const span = startSpan(request, tracer);
    if (span !== undefined) spans.set(request, span);
    done();
  });
  // Not earlier: reading the body comes between, and leaves the asynchronous context.
  server.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else context.with(trace.setSpan(context.active(), span), done);
  });
  server.addHook('onResponse', (request, { statusCode }, done) => {
    end(request, statusCode);
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    end(request, undefined);
    done();
  });
}

function startSpan(request: HttpRequest, tracer: Tracer): Span | undefined {
  const { method, url, protocol, headers } = request;
  const route = request.routeOptions.url;
  if (route === undefined || UNTRACED.test(route)) return undefined;
  const parent = spanContextOf({
    traceparent: first(headers.traceparent),
    tracestate: first(headers.tracestate),
  });
  return tracer.startSpan(
    `${method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: {
        [ATTR_HTTP_REQUEST_METHOD]: method,
        [ATTR_HTTP_ROUTE]: route,
        [ATTR_URL_PATH]: url.split('?', 1)[0] ?? url,
        [ATTR_URL_SCHEME]: protocol,
      },
    },
    parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
  );
}

/** Only what is the server's fault is an error of its span, as the HTTP conventions have it. */
function endSpan(span: Span, statusCode: number | undefined): void {
  if (statusCode === undefined) {
    span.setAttribute(ATTR_ERROR_TYPE, 'aborted');
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'The client went away.' });
  } else {
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
    if (statusCode >= 500) {
      span.setAttribute(ATTR_ERROR_TYPE, String(statusCode));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
  }
  span.end();
}

function first(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}
