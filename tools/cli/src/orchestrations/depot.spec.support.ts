import { Module } from '@nestjs/common';
import type { NatsServer } from '@troupe/broker';
import { Contract, Sensitive } from '@troupe/contract';
import { next, Runtime, silentLogger, TerminalError } from '@troupe/jetstream';
import { closeApp, createApp, Producer, TroupeModule } from '@troupe/nest';
import type { Answer } from '@troupe/orchestration';
import { IsString } from 'class-validator';
import { onTestFinished, vi } from 'vitest';
import { setup } from 'xstate';
import { type Ended, troupeHere } from '../command-line.spec.support.ts';

// As the command itself does, which needs it for some commands alone.
const { dispatch, Orchestration, OrchestrationModule } = await import('@troupe/orchestration');

@Contract({ type: 'parcel.requested', version: 1, kind: 'event', owner: 'depot' })
class ParcelRequested {
  @IsString()
  parcel!: string;
}

@Contract({ type: 'station.reserve', version: 1, kind: 'command', owner: 'depot' })
class ReserveStation {
  @IsString()
  parcel!: string;
}

@Contract({ type: 'station.reserved', version: 1, kind: 'event', owner: 'packing' })
class StationReserved {
  @IsString()
  station!: string;

  @IsString()
  @Sensitive()
  pin!: string;
}

@Contract({ type: 'station.release', version: 1, kind: 'command', owner: 'depot' })
class ReleaseStation {
  @IsString()
  station!: string;
}

@Contract({ type: 'station.released', version: 1, kind: 'event', owner: 'packing' })
class StationReleased {
  @IsString()
  station!: string;
}

const machine = setup({
  types: {
    context: {} as { readonly parcel: string },
    input: {} as ParcelRequested,
    events: {} as Answer<'station.reserved', StationReserved>,
  },
}).createMachine({
  context: ({ input }) => ({ parcel: input.parcel }),
  initial: 'reserving',
  states: {
    reserving: {
      entry: dispatch(ReserveStation, ({ context }) => ({ parcel: context.parcel }), {
        answers: [StationReserved],
        undo: {
          command: ReleaseStation,
          answers: [StationReleased],
          data: ({ answer }) => ({ station: answer.station }),
        },
      }),
      on: { 'station.reserved': 'waiting' },
    },
    waiting: {},
  },
});

@Orchestration({
  name: 'parcel',
  version: 1,
  machine,
  starts: ParcelRequested,
  commands: [ReserveStation, ReleaseStation],
  emits: [],
  from: 'beginning',
  path: false,
})
class Parcel {}

@Module({
  imports: [
    TroupeModule.forRoot({ app: 'depot', version: '1.0.0', produces: [ParcelRequested] }),
    OrchestrationModule.forFeature(Parcel),
  ],
})
class DepotModule {}

let prefixes = 0;

/** An orchestration that reserves a station, the worker that has it, which can be broken, and the command line. */
export class Depot {
  broken = false;

  private constructor(
    private readonly server: NatsServer,
    private readonly prefix: string,
    private readonly producer: () => Producer,
  ) {}

  static async on(server: NatsServer): Promise<Depot> {
    const prefix = `o${++prefixes}`;
    const given: { producer?: Producer } = {};
    const depot = new Depot(server, prefix, () => given.producer as Producer);
    vi.stubEnv('NATS_URL', server.url);
    vi.stubEnv('TROUPE_PREFIX', prefix);
    const app = await createApp(DepotModule, { logger: { log() {}, warn() {}, error() {} } });
    vi.unstubAllEnvs();
    onTestFinished(() => closeApp(app));
    await app.init();
    const runtime = app.get(Runtime, { strict: false });
    await runtime.start();
    given.producer = app.get(Producer, { strict: false });
    const workers = new Runtime({
      app: 'packing',
      version: '1.0.0',
      prefix,
      connection: { servers: server.url },
      log: silentLogger,
      steps: [
        {
          name: 'reserve',
          on: [ReserveStation],
          emits: [StationReserved],
          from: 'beginning',
          handle: () => {
            if (depot.broken) throw new TerminalError('no station is free');
            return next(StationReserved, { station: 'north-3', pin: '1234' });
          },
        },
        {
          name: 'release',
          on: [ReleaseStation],
          emits: [StationReleased],
          from: 'beginning',
          handle: (command) => next(StationReleased, command as ReleaseStation),
        },
      ],
    });
    onTestFinished(() => workers.stop());
    await workers.start();
    return depot;
  }

  async request(parcel: string): Promise<void> {
    await this.producer().send(ParcelRequested, { parcel }, { id: parcel, flowId: parcel });
  }

  /** Runs `troupe orchestrations …` to its end. */
  run(...args: string[]): Promise<Ended> {
    const variables = { NATS_URL: this.server.url, TROUPE_PREFIX: this.prefix };
    return troupeHere(variables, 'orchestrations', ...args);
  }
}
