import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** Give up a packing station: undoes `station.reserve`. */
@Contract({
  type: 'station.release',
  version: 1,
  kind: 'command',
  owner: 'packing',
  description: 'A packing station is to be given up.',
})
export class StationRelease {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('st-04')
  stationId!: string;
}
