import 'reflect-metadata';
import { Body, Controller, Get, HttpCode, HttpException, Param, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lines, SETTINGS, TRACED } from './fixtures.spec.support.ts';
import { TelemetryModule } from './nest.ts';
import { Telemetry } from './telemetry.ts';

let spans: InMemorySpanExporter;
let traced = tracedTelemetry();
traced.register();

/** Closing an app ends its telemetry, so each has its own. */
function tracedTelemetry(): Telemetry {
  spans = new InMemorySpanExporter();
  return new Telemetry(TRACED, undefined, { lines: new Lines(), spans: new SimpleSpanProcessor(spans) });
}

const message = {
  subject: 'evt.order.placed.v1.3',
  type: 'order.placed.v1',
  id: '1',
  flowId: 'flow-1',
  size: 2,
};

@Controller()
class OrdersController {
  @Post('orders')
  @HttpCode(202)
  async place(@Body() order: object): Promise<object> {
    await new Promise((resolve) => setImmediate(resolve));
    traced.instrumentation.send('storefront', message, undefined).end();
    return order;
  }

  @Get('orders/:status')
  fail(@Param('status') status: string): never {
    throw new HttpException('it failed', Number(status));
  }

  @Get('health/live')
  live(): string {
    return 'ok';
  }

  beforeApplicationShutdown(): void {}
}

describe('TelemetryModule', () => {
  let app: NestFastifyApplication;

  async function start(telemetry: Telemetry): Promise<void> {
    const testing = Test.createTestingModule({ imports: [TelemetryModule], controllers: [OrdersController] });
    const compiled = await testing.overrideProvider(Telemetry).useValue(telemetry).compile();
    app = compiled.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
  }

  afterEach(() => app.close());

  describe('metrics', () => {
    it('are served in the text format of Prometheus', async () => {
      const telemetry = new Telemetry(SETTINGS, undefined, { lines: new Lines() });
      telemetry.instrumentation.send('storefront', message, undefined).end();
      await start(telemetry);
      const response = await app.inject('/metrics');
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(response.body).toMatch(/^# TYPE messaging_client_sent_messages_total counter$/m);
      expect(response.body).toMatch(/^messaging_client_sent_messages_total\{.*\} 1$/m);
    });

    it('are not there when telemetry is disabled', async () => {
      await start(new Telemetry({ ...SETTINGS, metrics: false }, undefined, { lines: new Lines() }));
      const response = await app.inject('/metrics');
      expect(response.statusCode).toBe(404);
      expect(response.body).toContain('OTEL_SDK_DISABLED');
    });
  });

  it('sends the last spans after everything else of the app has stopped', async () => {
    const telemetry = new Telemetry(SETTINGS, undefined, { lines: new Lines() });
    const shutdown = vi.spyOn(telemetry, 'shutdown');
    await start(telemetry);
    expect(shutdown).not.toHaveBeenCalled();
    const beforeShutdown = vi.spyOn(app.get(OrdersController), 'beforeApplicationShutdown');
    await app.close();
    expect(beforeShutdown).toHaveBeenCalledBefore(shutdown);
  });

  describe('HTTP requests', () => {
    beforeEach(async () => {
      traced = tracedTelemetry();
      await start(traced);
    });

    const finished = async (count: number) => {
      await vi.waitFor(() => expect(spans.getFinishedSpans()).toHaveLength(count));
      return spans.getFinishedSpans();
    };

    it('open the trace of what they send', async () => {
      await app.inject({ method: 'POST', url: '/orders?from=test', payload: { order: 7 } });
      const [sent, request] = await finished(2);
      expect(request).toMatchObject({
        name: 'POST /orders',
        kind: SpanKind.SERVER,
        parentSpanContext: undefined,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/orders',
          'url.path': '/orders',
          'url.scheme': 'http',
          'http.response.status_code': 202,
        },
      });
      expect(sent?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    });

    it('continue the trace of their client', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await app.inject({ method: 'POST', url: '/orders', payload: {}, headers: { traceparent } });
      const [sent, request] = await finished(2);
      expect(request?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
      expect(sent?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    });

    it.each([
      [422, SpanStatusCode.UNSET],
      [503, SpanStatusCode.ERROR],
    ])('answered %i have status %i, under one name for all of a route', async (statusCode, status) => {
      await app.inject(`/orders/${statusCode}`);
      const [request] = await finished(1);
      expect(request).toMatchObject({
        name: 'GET /orders/:status',
        status: { code: status },
        attributes: { 'http.response.status_code': statusCode },
      });
    });

    it('that are no JSON are seen too', async () => {
      const headers = { 'content-type': 'application/json' };
      await app.inject({ method: 'POST', url: '/orders', payload: '{', headers });
      const [request] = await finished(1);
      expect(request?.attributes).toMatchObject({ 'http.response.status_code': 400 });
    });

    it('that nobody looks for make no span: probes, scrapes, paths without a route', async () => {
      for (const path of ['/health/live', '/metrics', '/nowhere']) await app.inject(path);
      await app.inject('/orders/404');
      const [request] = await finished(1);
      expect(request?.attributes).toMatchObject({ 'http.route': '/orders/:status' });
    });
  });
});
