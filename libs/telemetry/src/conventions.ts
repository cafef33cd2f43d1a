/**
 * Names from the OpenTelemetry messaging conventions (semantic-conventions 1.45, in development there). They are
 * copied because the package's `/incubating` entry may change in a minor release; a test holds them to the source.
 */
export const ATTR = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  destinationTemplate: 'messaging.destination.template',
  partition: 'messaging.destination.partition.id',
  messageId: 'messaging.message.id',
  conversation: 'messaging.message.conversation_id',
  bodySize: 'messaging.message.body.size',
  consumerGroup: 'messaging.consumer.group.name',
  eventType: 'cloudevents.event_type',
} as const;

/** Instruments of the messaging conventions. */
export const METRIC = {
  sent: 'messaging.client.sent.messages',
  consumed: 'messaging.client.consumed.messages',
  operationDuration: 'messaging.client.operation.duration',
  processDuration: 'messaging.process.duration',
} as const;

/** Attributes and instruments of the platform's own. */
export const TROUPE = {
  app: 'troupe.app',
  step: 'troupe.step',
  outcome: 'troupe.outcome',
  redelivered: 'troupe.redelivered',
  businessKey: 'troupe.business_key',
  criticalTime: 'troupe.step.critical_time',
  deadLetters: 'troupe.step.dead_letters',
  retries: 'troupe.step.retries',
} as const;

/** `messaging.operation.name`, which the system names, and `messaging.operation.type`, which the conventions list. */
export const OPERATION = { send: 'send', process: 'process' } as const;

/** `messaging.system`; the conventions list no value for NATS. */
export const NATS = 'nats';

/** Name of the tracer and of the meter. */
export const SCOPE = '@troupe/telemetry';
