import { Contract } from '@troupe/contract';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import { Order } from '../contracts.ts';

export { Order, OrderPlaced, ParcelDispatched, PaymentAuthorized, StockReserved } from '../contracts.ts';

@Contract({ type: 'payment.authorize', version: 1, kind: 'command', owner: 'bench' })
export class AuthorizePayment extends Order {}

@Contract({ type: 'stock.reserve', version: 1, kind: 'command', owner: 'bench' })
export class ReserveStock extends Order {}

@Contract({ type: 'parcel.dispatch', version: 1, kind: 'command', owner: 'bench' })
export class DispatchParcel extends Order {}

/** The end of an orchestrated order. */
@Contract({ type: 'order.fulfilled', version: 1, kind: 'event', owner: 'bench' })
export class OrderFulfilled extends Order {}

/** A price is asked for, and nobody answers soon. */
@Contract({ type: 'quote.requested', version: 1, kind: 'event', owner: 'bench' })
export class QuoteRequested extends Order {}

@Contract({ type: 'quote.make', version: 1, kind: 'command', owner: 'bench' })
export class MakeQuote extends Order {}

@Contract({ type: 'quote.made', version: 1, kind: 'event', owner: 'bench' })
export class QuoteMade extends Order {}

@Contract({ type: 'quote.closed', version: 1, kind: 'event', owner: 'bench' })
export class QuoteClosed extends Order {}

@Contract({ type: 'count.requested', version: 1, kind: 'event', owner: 'bench' })
export class CountRequested {
  /** Shelves to be counted, each by a branch of its own. */
  @IsInt()
  @Min(1)
  @Max(10_000)
  shelves!: number;
}

class Shelf {
  @IsString()
  @Length(1, 64)
  shelf!: string;
}

@Contract({ type: 'shelf.count', version: 1, kind: 'command', owner: 'bench' })
export class CountShelf extends Shelf {}

@Contract({ type: 'shelf.counted', version: 1, kind: 'event', owner: 'bench' })
export class ShelfCounted extends Shelf {}

@Contract({ type: 'count.closed', version: 1, kind: 'event', owner: 'bench' })
export class CountClosed {
  @IsInt()
  counted!: number;
}
