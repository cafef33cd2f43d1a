import { OrderPlaced } from '@shop/contracts-order';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { PaymentAuthorized, PaymentDeclined, PaymentRefunded } from '@shop/contracts-payment';
import { StockReserved, StockShort } from '@shop/contracts-stock';
import { type ContractClass, contractOf, type Mask } from '@troupe/contract';

/** What is known here of the messages that pass. A message of any other contract is shown without its payload. */
const CONTRACTS: readonly ContractClass[] = [
  OrderPlaced,
  ParcelDispatched,
  PaymentAuthorized,
  PaymentDeclined,
  PaymentRefunded,
  StockReserved,
  StockShort,
];

const compiled = new Map(CONTRACTS.map((contract) => [contractOf(contract).id, contractOf(contract)]));

/** JSON pointers to what an order can be asked for by, for the contract ids of the order system. */
export function businessKeys(type: string): readonly string[] {
  return compiled.get(type)?.businessKeys ?? [];
}

/** What of such a message may be shown; undefined for a contract that is not known here. */
export function maskOf(type: string): Mask | undefined {
  return compiled.get(type)?.mask;
}
