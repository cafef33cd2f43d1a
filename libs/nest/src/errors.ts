import { TroupeError } from '@troupe/contract';

/** Environment variables have values that are not allowed: one sentence for each. */
export class SettingError extends TroupeError {
  readonly code = 'TROUPE_SETTING';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Another process listens where the app wants to. */
export class PortTakenError extends TroupeError {
  readonly code = 'TROUPE_PORT_TAKEN';

  constructor(
    readonly host: string,
    readonly port: number,
  ) {
    super(`Port ${port} of ${host} is taken by another process: end that one, or set PORT to another.`);
  }
}
