import { TroupeError } from '@troupe/contract';

/** Environment variables have values that are not allowed: one sentence for each. */
export class SettingError extends TroupeError {
  readonly code = 'TROUPE_SETTING';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
