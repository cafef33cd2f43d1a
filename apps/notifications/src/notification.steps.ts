import { Injectable } from '@nestjs/common';
import { OrderPlaced } from '@shop/contracts-order';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { PaymentDeclined, PaymentRefunded } from '@shop/contracts-payment';
import { Step, type StepContext } from '@troupe/nest';
import { letterOf, type News } from './letter.ts';
import { Mailer } from './mailer.ts';

/** Tells customers what happened to their orders. */
@Injectable()
export class NotificationSteps {
  constructor(private readonly mailer: Mailer) {}

  @Step({
    on: [OrderPlaced, PaymentDeclined, PaymentRefunded, ParcelDispatched],
    emits: [],
    from: 'beginning',
  })
  notify(news: News, context: StepContext): void {
    this.mailer.send(letterOf(news), context.idempotencyKey);
  }
}
