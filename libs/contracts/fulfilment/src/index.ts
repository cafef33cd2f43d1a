export { FulfilmentCancelled } from './fulfilment-cancelled.ts';
export { FulfilmentRequested } from './fulfilment-requested.ts';
export { OrderFulfilled } from './order-fulfilled.ts';
export { ParcelConsigned } from './parcel-consigned.ts';
