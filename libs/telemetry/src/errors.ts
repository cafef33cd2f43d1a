import { TroupeError } from '@troupe/contract';

/** An environment variable has a value that is not allowed. The message has one sentence for each such variable. */
export class TelemetrySettingError extends TroupeError {
  readonly code = 'TROUPE_TELEMETRY_SETTING';

  /** @param problems each names the variable, its value and what is allowed */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
