export { PaymentAuthorized } from './payment-authorized.ts';
export { PaymentDeclined } from './payment-declined.ts';
export { PaymentRefunded } from './payment-refunded.ts';
