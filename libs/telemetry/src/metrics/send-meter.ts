import type { Attributes } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { ATTR, NATS, OPERATION } from '../conventions.ts';
import { errorType } from '../error-type.ts';
import type { Families } from './families.ts';
import type { Counter, Histogram } from './points.ts';

interface Points {
  readonly sent: Counter;
  readonly duration: Histogram;
}

/** The counts of what is sent to one kind of subject. */
export class SendMeter {
  readonly #attributes: Attributes;
  readonly #stored: Points;
  readonly #failed = new Map<string, Points>();

  constructor(
    destinationTemplate: string,
    private readonly families: Families,
  ) {
    this.#attributes = {
      [ATTR.system]: NATS,
      [ATTR.operationName]: OPERATION.send,
      [ATTR.operationType]: OPERATION.send,
      [ATTR.destinationTemplate]: destinationTemplate,
    };
    this.#stored = this.#points(undefined);
  }

  /** @param startedAt `performance.now()` when it was sent */
  ended(startedAt: number, error: unknown): void {
    const { sent, duration } = error === undefined ? this.#stored : this.#failedBy(errorType(error));
    sent.value++;
    duration.record((performance.now() - startedAt) / 1000);
  }

  #failedBy(type: string): Points {
    let points = this.#failed.get(type);
    if (points === undefined) {
      points = this.#points(type);
      this.#failed.set(type, points);
    }
    return points;
  }

  #points(type: string | undefined): Points {
    const attributes = { ...this.#attributes, ...(type !== undefined && { [ATTR_ERROR_TYPE]: type }) };
    return {
      sent: this.families.sent.point(attributes),
      duration: this.families.sendDuration.point(attributes),
    };
  }
}
