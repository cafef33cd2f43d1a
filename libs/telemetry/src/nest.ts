import {
  Controller,
  Get,
  Header,
  Module,
  NotFoundException,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { telemetry } from './process.ts';
import { Telemetry } from './telemetry.ts';
import { type Hooked, traceRequests } from './traces/http-spans.ts';

/** Serves what the process counts to Prometheus. */
@Controller('metrics')
class MetricsController {
  constructor(private readonly telemetry: Telemetry) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async metrics(): Promise<string> {
    const text = await this.telemetry.metricsText();
    if (text === undefined) throw new NotFoundException('Metrics are off: OTEL_SDK_DISABLED is true.');
    return text;
  }
}

/**
 * Telemetry in a Nest app: `GET /metrics` for Prometheus, a span for each HTTP request (on Fastify, when spans are
 * exported), and the last spans sent when the app stops.
 */
@Module({
  controllers: [MetricsController],
  providers: [{ provide: Telemetry, useFactory: () => telemetry }],
})
export class TelemetryModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly telemetry: Telemetry,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const server: unknown = this.host.httpAdapter?.getInstance();
    if (this.telemetry.tracer !== undefined && isHooked(server)) traceRequests(server, this.telemetry.tracer);
  }

  /** The last hook: whatever stops before it is still traced. */
  async onApplicationShutdown(): Promise<void> {
    await this.telemetry.shutdown();
  }
}

function isHooked(server: unknown): server is Hooked {
  return typeof server === 'object' && server !== null && 'addHook' in server;
}
