export { ParcelDispatched } from './parcel-dispatched.ts';
