import type { Instrumentation, ProcessObservation, StepName } from '../instrumentation.ts';
import { businessKeysOf } from './known-data.ts';
import type { Work } from './work.ts';

/** Tells an observer that a step has a message in hand: what is known of it by now. */
export function observe(instrumentation: Instrumentation, name: StepName, work: Work): ProcessObservation {
  const { delivery } = work;
  const event = work.eventIfKnown;
  const redelivered = delivery.comesBack || delivery.info.deliveries > 1;
  return instrumentation.process(
    name,
    {
      subject: delivery.subject,
      stream: delivery.info.stream,
      type: event?.type,
      id: event?.id,
      flowId: event && work.flowId,
      time: event?.time,
      size: delivery.payload.length,
      traceparent: event?.traceparent,
      tracestate: event?.tracestate,
      businessKeys: redelivered && event !== undefined ? () => businessKeysOf(work) : undefined,
    },
    redelivered,
  );
}
