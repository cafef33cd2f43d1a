import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { IsString, Length } from 'class-validator';

/** A packing station is kept for the fulfilment until its label is printed, or it is released. */
@Contract({
  type: 'station.reserved',
  version: 1,
  kind: 'event',
  owner: 'packing',
  description: 'A packing station is kept for a fulfilment.',
})
export class StationReserved {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('st-04')
  stationId!: string;

  /** Where it is: `hall-1/bay-04`. */
  @IsString()
  @Length(1, 100)
  @Example('hall-1/bay-04')
  address!: string;
}
