import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** The packing station is not kept for the fulfilment any more. */
@Contract({
  type: 'station.released',
  version: 1,
  kind: 'event',
  owner: 'packing',
  description: 'A packing station is not kept for a fulfilment any more.',
})
export class StationReleased {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('st-04')
  stationId!: string;
}
