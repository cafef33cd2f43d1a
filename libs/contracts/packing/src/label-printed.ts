import { IsIdentifier } from '@shop/contracts-order';
import { BusinessKey, Contract, Example } from '@troupe/contract';

/** The parcel is labelled and has left its packing station. */
@Contract({
  type: 'label.printed',
  version: 1,
  kind: 'event',
  owner: 'packing',
  description: 'The label of a parcel is printed, and its station free.',
})
export class LabelPrinted {
  @IsIdentifier()
  @BusinessKey()
  @Example('f-1001')
  fulfilmentId!: string;

  @IsIdentifier()
  @Example('box-1')
  parcelId!: string;

  @IsIdentifier()
  @Example('lbl-1')
  labelNumber!: string;
}
