export { Address } from './address.ts';
export { Customer } from './customer.ts';
export { IsIdentifier, IsSku } from './identifier.ts';
export { Item, MOST_LINES, MOST_PER_LINE, OrderLine } from './line.ts';
export { Money } from './money.ts';
export { OrderPlaced } from './order-placed.ts';
