export { Allocation } from './allocation.ts';
export { StockReserved } from './stock-reserved.ts';
export { Payment, Shortage, StockShort } from './stock-short.ts';
