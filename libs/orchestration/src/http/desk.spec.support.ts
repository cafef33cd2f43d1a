import { Injectable, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NatsServer } from '@troupe/broker';
import { type CompiledContract, Contract, contractOf, Sensitive } from '@troupe/contract';
import { Step, type StepContext, TroupeModule } from '@troupe/nest';
import { type AppHarness, appHarness } from '@troupe/testing';
import { IsInt, IsString, Min, MinLength } from 'class-validator';
import { onTestFinished } from 'vitest';
import { createMachine } from 'xstate';
import { OrchestrationRequest } from '../direct.ts';
import { Bucket } from '../engine/bucket.ts';
import { keys } from '../engine/keys.ts';
import type { BranchRecord, FanOutRecord, InstanceRecord } from '../record.ts';
import { structureOf } from '../structure.ts';
import type { Face } from './face.ts';
import { httpFaces } from './faces.ts';

@Contract({ type: 'fulfilment.requested', version: 1, kind: 'event', owner: 'shop' })
export class FulfilmentRequested {
  @IsString()
  @MinLength(1)
  orderId!: string;

  @IsInt()
  @Min(1)
  lines!: number;
}

@Contract({ type: 'station.reserved', version: 1, kind: 'event', owner: 'packing' })
export class StationReserved {
  @IsString()
  station!: string;

  @IsString()
  @Sensitive()
  pin!: string;
}

const contracts = new Map<string, CompiledContract<object>>([
  ['fulfilment.requested.v1', contractOf(FulfilmentRequested)],
  ['station.reserved.v1', contractOf(StationReserved)],
]);

const machine = structureOf(
  createMachine({
    id: 'm',
    initial: 'picking',
    states: { picking: { on: { picked: 'packing' } }, packing: {} },
  }),
);

const face = { version: 1, starts: FulfilmentRequested, contracts, sends: new Map() };

/** Ids of the first are drawn, those of the second are told by the body. */
const faces: readonly Face[] = [
  { ...face, name: 'fulfilment', path: 'fulfilments' },
  { ...face, name: 'return', path: 'returns', id: ({ orderId }: FulfilmentRequested) => orderId },
];

/** What the orchestrations were asked. */
export interface Heard {
  readonly orchestration: string;
  readonly flowId: string;
  readonly request: OrchestrationRequest;
}

const heard: Heard[] = [];

/** In place of the engine: it takes what is asked, and does nothing. */
@Injectable()
class Listeners {
  @Step({
    name: 'fulfilment',
    on: FulfilmentRequested,
    emits: [],
    from: 'now',
    direct: [OrchestrationRequest],
  })
  fulfilment(message: object, { flowId }: StepContext): void {
    if (message instanceof OrchestrationRequest)
      heard.push({ orchestration: 'fulfilment', flowId, request: message });
  }

  @Step({ name: 'return', on: FulfilmentRequested, emits: [], from: 'now', direct: [OrchestrationRequest] })
  return(): void {}
}

const { controllers, providers } = httpFaces(faces);

@Module({
  imports: [TroupeModule.forRoot({ app: 'desk', produces: [FulfilmentRequested] })],
  controllers,
  providers: [...providers, Listeners],
})
class DeskModule {}

/** An app with the HTTP faces of two orchestrations, and hands that write records as the engine does. */
export interface Desk extends AppHarness {
  readonly bucket: Bucket;
  readonly heard: readonly Heard[];
  /** Where it listens: for clients that keep a connection. */
  readonly url: string;
  instance(record: InstanceRecord): Promise<void>;
  fanOut(id: string, record: FanOutRecord): Promise<void>;
  branch(id: string, record: BranchRecord): Promise<void>;
}

let desks = 0;

/** Ends with the test. */
export async function desk(broker: NatsServer): Promise<Desk> {
  heard.length = 0;
  const harness = await appHarness(DeskModule, { broker, prefix: `d${++desks}` });
  onTestFinished(() => harness.stop());
  const { connection, names } = harness.runtime;
  const bucket = await Bucket.of(connection.client, names.orchestrations('desk'));
  await bucket.make(1);
  for (const { name } of faces) await bucket.put(keys.machine(name, 1), machine, 0);
  const put = async (key: string, record: object): Promise<void> => {
    await bucket.put(key, record, (await bucket.get(key)).revision);
  };
  const url = await listening(harness.app);
  return {
    ...harness,
    bucket,
    heard,
    url,
    instance: (record) => put(keys.instance(record.orchestration, record.id), record),
    fanOut: (id, record) => put(keys.fanOut('fulfilment', id, record.id), record),
    branch: (id, record) => put(keys.branch('fulfilment', id, record.id), record),
  };
}

async function listening(app: NestFastifyApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}
