import { Controller, Get } from '@nestjs/common';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { Runtime } from '@troupe/jetstream';

/** Tells an orchestrator of containers whether to keep this process, and whether to send it requests. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly runtime: Runtime,
  ) {}

  /** 200 while the process answers: a broker that is away is no reason to restart an app. */
  @Get('live')
  @HealthCheck({ noCache: true })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  /** 503 with the reasons until the app works on the broker, and again when it stops. */
  @Get('ready')
  @HealthCheck({ noCache: true })
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => {
        const indicator = this.indicators.check('broker');
        const { ready, problems } = this.runtime.status();
        return ready ? indicator.up() : indicator.down({ problems });
      },
    ]);
  }
}
