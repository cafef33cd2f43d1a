import { Inject, Injectable } from '@nestjs/common';
import { Runtime, TROUPE_OPTIONS, type TroupeOptions } from '@troupe/nest';
import { Orchestrations } from '../orchestrations.ts';

/** The orchestrations of the app, once its broker is known. */
@Injectable()
export class OrchestrationsHost {
  #opened: Promise<Orchestrations> | undefined;

  constructor(
    private readonly runtime: Runtime,
    @Inject(TROUPE_OPTIONS) private readonly options: TroupeOptions,
  ) {}

  /** @throws BrokerUnavailableError while the broker is away: who asks need not wait for it */
  open(): Promise<Orchestrations> {
    const { connection, names, direct } = this.runtime;
    connection.assertConnected();
    const { client } = connection;
    this.#opened ??= Orchestrations.of({ app: this.options.app, names, client, direct });
    return this.#opened;
  }
}
