import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** Every packing station is taken: ask again later. */
@Contract({
  type: 'station.unavailable',
  version: 1,
  kind: 'event',
  owner: 'packing',
  description: 'No packing station is free for a fulfilment.',
})
export class StationUnavailable {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;
}
