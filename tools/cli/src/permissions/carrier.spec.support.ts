import { Contract } from '@troupe/contract';
import { next, Runtime, type StepDefinition, silentLogger } from '@troupe/jetstream';
import { IsString } from 'class-validator';
import type { Stage } from './stage.spec.support.ts';

class Parcel {
  @IsString()
  parcelId!: string;

  @IsString()
  orderId!: string;
}
const event = { version: 1, kind: 'event', owner: 'carrier' } as const;

@Contract({ ...event, type: 'parcel.dispatched' })
class Dispatched extends Parcel {}
@Contract({ ...event, type: 'parcel.consigned' })
class Consigned extends Parcel {}
@Contract({ ...event, type: 'parcel.collected' })
class Collected extends Parcel {}
@Contract({ ...event, type: 'parcel.sorted' })
class Sorted extends Parcel {}
@Contract({ ...event, type: 'parcel.delivered' })
class Delivered extends Parcel {}
@Contract({ ...event, type: 'parcel.returned' })
class Returned extends Parcel {}

/** Runs the carrier's steps in its own account, as a program of another organisation is on the wire. */
export async function runCarrier(stage: Stage): Promise<void> {
  const apiPrefix = stage.apiPrefixOf('carrier');
  const runtime = new Runtime({
    app: 'carrier',
    version: '0.1.0',
    topology: 'verify',
    connection: { servers: stage.server.url, keyFile: stage.keyFile('carrier') },
    ...(apiPrefix !== undefined && { apiPrefix }),
    log: { ...silentLogger, error: (_fields, message) => stage.log.push(`carrier: ${message}`) },
    steps: [
      passing('collect', [Dispatched, Consigned], Collected),
      passing('sort', [Collected], Sorted),
      { ...passing('deliver', [Sorted], Delivered), emits: [Delivered, Returned] },
    ],
  });
  stage.endsWith(() => runtime.stop());
  await runtime.start();
}

function passing(name: string, on: StepDefinition['on'], to: new () => Parcel): StepDefinition {
  return {
    name,
    on,
    emits: [to],
    from: 'beginning',
    within: '1m',
    handle: (data) => {
      const { parcelId, orderId } = data as Parcel;
      return next(to, { parcelId, orderId });
    },
  };
}
