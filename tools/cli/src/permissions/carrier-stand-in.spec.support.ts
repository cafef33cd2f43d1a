import { Contract } from '@troupe/contract';
import { next, Runtime, type StepDefinition, silentLogger } from '@troupe/jetstream';
import { IsObject, IsString } from 'class-validator';
import type { Stage } from './stage.spec.support.ts';

class Parcel {
  @IsString()
  orderId!: string;

  @IsString()
  parcelId!: string;
}

class ParcelOnItsWay extends Parcel {
  @IsObject()
  deliverTo!: object;
}

const event = { version: 1, kind: 'event', owner: 'carrier' } as const;

@Contract({ ...event, type: 'parcel.dispatched' })
class Dispatched extends ParcelOnItsWay {}

@Contract({ ...event, type: 'parcel.consigned' })
class Consigned extends ParcelOnItsWay {}

@Contract({ ...event, type: 'parcel.collected' })
class Collected extends ParcelOnItsWay {
  @IsString()
  depot!: string;
}

@Contract({ ...event, type: 'parcel.sorted' })
class Sorted extends ParcelOnItsWay {
  @IsString()
  route!: string;
}

@Contract({ ...event, type: 'parcel.delivered' })
class Delivered extends Parcel {}

@Contract({ ...event, type: 'parcel.returned' })
class Returned extends Parcel {
  @IsString()
  reason!: string;
}

/** Runs steps with the carrier's names and contracts in its own account, on the runtime of the platform. */
export async function runStandIn(stage: Stage): Promise<void> {
  const apiPrefix = stage.apiPrefixOf('carrier');
  const runtime = new Runtime({
    app: 'carrier',
    version: '0.1.0',
    topology: 'verify',
    connection: { servers: stage.server.url, keyFile: stage.keyFile('carrier') },
    ...(apiPrefix !== undefined && { apiPrefix }),
    log: { ...silentLogger, error: (_fields, message) => stage.log.push(`carrier: ${message}`) },
    steps: [
      step('collect', [Dispatched, Consigned], [Collected], (parcel) =>
        next(Collected, { ...onItsWay(parcel as Dispatched), depot: 'north' }),
      ),
      step('sort', [Collected], [Sorted], (parcel) =>
        next(Sorted, { ...onItsWay(parcel as Collected), route: 'north-1' }),
      ),
      step('deliver', [Sorted], [Delivered, Returned], (parcel) => {
        const { orderId, parcelId } = parcel as Sorted;
        return next(Delivered, { orderId, parcelId });
      }),
    ],
  });
  stage.endsWith(() => runtime.stop());
  await runtime.start();
}

function step(
  name: string,
  on: StepDefinition['on'],
  emits: StepDefinition['emits'],
  handle: StepDefinition['handle'],
): StepDefinition {
  return { name, on, emits, from: 'beginning', within: '1m', handle };
}

function onItsWay({ orderId, parcelId, deliverTo }: ParcelOnItsWay): ParcelOnItsWay {
  return { orderId, parcelId, deliverTo };
}
