import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** Keep a packing station free for the parcel of a fulfilment. */
@Contract({
  type: 'station.reserve',
  version: 1,
  kind: 'command',
  owner: 'packing',
  description: 'A packing station is to be kept for a fulfilment.',
})
export class StationReserve {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;
}
