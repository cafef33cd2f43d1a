export { ParcelCollected } from './parcel-collected.ts';
export { ParcelDelivered } from './parcel-delivered.ts';
export { ParcelReturned } from './parcel-returned.ts';
export { ParcelSorted } from './parcel-sorted.ts';
