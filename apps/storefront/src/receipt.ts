/** What the storefront itself knows of an order that it took. */
export interface Receipt {
  readonly orderId: string;
  /** The flow in which the order is carried out. */
  readonly flowId: string;
  /** When it was taken, RFC 3339. */
  readonly placedAt: string;
}
