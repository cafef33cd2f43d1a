import { Controller, Get, Headers, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { BodyOf, idempotencyKeyOf, ProblemException } from '@troupe/nest';
import { DescribeFind, DescribePlace } from './api-description.ts';
import { JsonOnly } from './json-only.guard.ts';
import { orderOf } from './order.ts';
import { Orders } from './orders.ts';
import { PlaceOrder } from './place-order.ts';
import type { Receipt } from './receipt.ts';

/** What is needed of Fastify's reply. */
interface Reply {
  header(name: string, value: string): unknown;
}

/** The HTTP edge of the order system. */
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Post()
  @HttpCode(202)
  @UseGuards(JsonOnly)
  @DescribePlace()
  async place(
    @BodyOf(PlaceOrder) body: PlaceOrder,
    @Headers('idempotency-key') header: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Pick<Receipt, 'orderId' | 'flowId'>> {
    const key = idempotencyKeyOf(header);
    const order = orderOf(body);
    if (order === undefined) {
      const detail = `The lines add up to more than ${Number.MAX_SAFE_INTEGER} minor units.`;
      throw new ProblemException(422, detail, [{ pointer: '/lines', rule: 'total', detail }]);
    }
    const placing = await this.orders.place(order, key);
    if (!placing.placed) {
      throw new ProblemException(
        422,
        'This Idempotency-Key was used for another order within the last day. Send a new key for a new order.',
      );
    }
    const { orderId, flowId } = placing.receipt;
    reply.header('location', `/orders/${orderId}`);
    return { orderId, flowId };
  }

  @Get(':orderId')
  @DescribeFind()
  async find(@Param('orderId') orderId: string): Promise<Receipt> {
    const receipt = await this.orders.find(orderId);
    if (receipt === undefined) {
      throw new ProblemException(404, `No order ${orderId} was taken here within the last day.`);
    }
    return receipt;
  }
}
