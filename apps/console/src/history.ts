import { jetstreamManager } from '@nats-io/jetstream';
import { Injectable } from '@nestjs/common';
import { Runtime } from '@troupe/nest';

/** How far back messages are kept. */
@Injectable()
export class History {
  constructor(private readonly runtime: Runtime) {}

  /**
   * Messages that were stored before then are purged, RFC 3339; undefined when none is, or that cannot be asked now.
   */
  async since(): Promise<string | undefined> {
    const { connection, names } = this.runtime;
    try {
      connection.assertConnected();
      const manager = await jetstreamManager(connection.client, { checkAPI: false });
      const { state } = await manager.streams.info(names.events);
      if (state.first_seq <= 1) return undefined;
      return state.messages === 0 ? new Date().toISOString() : new Date(state.first_ts).toISOString();
    } catch {
      return undefined;
    }
  }
}
