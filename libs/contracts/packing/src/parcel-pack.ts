import { IsIdentifier, MOST_LINES } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';
import { IsInt, Max, Min } from 'class-validator';

/** Put what was brought to the station into a parcel. */
@Contract({
  type: 'parcel.pack',
  version: 1,
  kind: 'command',
  owner: 'packing',
  description: 'What was brought to a packing station is to be packed.',
})
export class ParcelPack {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('st-04')
  stationId!: string;

  /** How many lines of the order were brought. */
  @IsInt()
  @Min(1)
  @Max(MOST_LINES)
  @Example(2)
  lines!: number;
}
