import { IsIdentifier } from '@shop/contracts-order';
import { type ServiceCall, ServiceClient } from '@troupe/nest';
import { IsBoolean, IsIn, ValidateIf } from 'class-validator';
import type { Booking } from './payments.ts';
import { type Authorization, DECLINE_REASONS, PaymentProvider, type PaymentRequest } from './provider.ts';

class AuthorizationAnswer {
  @IsBoolean()
  authorized!: boolean;

  @ValidateIf(({ authorized }: AuthorizationAnswer) => authorized)
  @IsIdentifier()
  paymentId!: string;

  @ValidateIf(({ authorized }: AuthorizationAnswer) => !authorized)
  @IsIn(DECLINE_REASONS)
  reason!: (typeof DECLINE_REASONS)[number];
}

/** A payment provider that is called over HTTP. */
export class HttpProvider extends PaymentProvider {
  readonly #service: ServiceClient;

  constructor(url: string) {
    super();
    this.#service = new ServiceClient({ name: 'payment provider', url });
  }

  async authorize(request: PaymentRequest, call: ServiceCall): Promise<Authorization> {
    const answer = await this.#service.post('/authorizations', request, call, AuthorizationAnswer);
    const { authorized, paymentId, reason } = answer;
    return authorized ? { authorized, paymentId } : { authorized, reason };
  }

  async refund(booking: Booking, call: ServiceCall): Promise<void> {
    await this.#service.post('/refunds', booking, call);
  }
}
