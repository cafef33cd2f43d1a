import { ParcelCollected, ParcelDelivered, ParcelReturned, ParcelSorted } from '@shop/contracts-carrier';
import {
  FulfilmentCancelled,
  FulfilmentRequested,
  OrderFulfilled,
  ParcelConsigned,
} from '@shop/contracts-fulfilment';
import { OrderPlaced } from '@shop/contracts-order';
import {
  LabelPrint,
  LabelPrinted,
  ParcelPack,
  ParcelPacked,
  ParcelUnpack,
  ParcelUnpacked,
  StationRelease,
  StationReleased,
  StationReserve,
  StationReserved,
  StationUnavailable,
} from '@shop/contracts-packing';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { PaymentAuthorized, PaymentDeclined, PaymentRefunded } from '@shop/contracts-payment';
import { ItemMissing, ItemPick, ItemPicked, ItemRestock, ItemRestocked } from '@shop/contracts-picking';
import { StockReserved, StockShort } from '@shop/contracts-stock';
import { type ContractClass, contractOf, type Mask } from '@troupe/contract';

/** What is known here of the messages that pass. A message of any other contract is shown without its payload. */
const CONTRACTS: readonly ContractClass[] = [
  FulfilmentCancelled,
  FulfilmentRequested,
  ItemMissing,
  ItemPick,
  ItemPicked,
  ItemRestock,
  ItemRestocked,
  LabelPrint,
  LabelPrinted,
  OrderFulfilled,
  OrderPlaced,
  ParcelCollected,
  ParcelConsigned,
  ParcelDelivered,
  ParcelDispatched,
  ParcelPack,
  ParcelPacked,
  ParcelReturned,
  ParcelSorted,
  ParcelUnpack,
  ParcelUnpacked,
  PaymentAuthorized,
  PaymentDeclined,
  PaymentRefunded,
  StationRelease,
  StationReleased,
  StationReserve,
  StationReserved,
  StationUnavailable,
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
