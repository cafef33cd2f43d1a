import {
  type CloudEvent,
  type CompiledContract,
  decodeMessage,
  MessageFormatError,
  type Violation,
} from '@troupe/contract';
import type { Delivery } from './delivery.ts';

/** A message that keeps its contract, or why it does not. */
export type Received =
  | {
      readonly ok: true;
      readonly event: CloudEvent;
      readonly contract: CompiledContract<object>;
      readonly data: object;
    }
  | {
      readonly ok: false;
      readonly reason: 'contract-invalid' | 'contract-unknown';
      readonly event?: CloudEvent;
      readonly violations: readonly Violation[];
    };

/** Decodes a delivery and holds it against its contract. `contracts` are those that its consumer may deliver, by id. */
export function receive(
  delivery: Delivery,
  contracts: ReadonlyMap<string, CompiledContract<object>>,
): Received {
  let decoded: ReturnType<typeof decodeMessage>;
  try {
    decoded = decodeMessage(delivery.headers(), delivery.payload);
  } catch (error) {
    if (!(error instanceof MessageFormatError)) throw error;
    return { ok: false, reason: 'contract-invalid', violations: error.violations };
  }
  const { event, data } = decoded;
  const contract = contracts.get(event.type);
  if (contract === undefined) {
    const known = [...contracts.keys()].join(', ');
    const violation = {
      path: 'type',
      rule: 'type',
      message: `"${event.type.slice(0, 200)}" is not consumed here (${known})`,
    };
    return { ok: false, reason: 'contract-unknown', event, violations: [violation] };
  }
  const violations = contract.violationsOfAccepted(data);
  if (violations.length > 0) return { ok: false, reason: 'contract-invalid', event, violations };
  // The handler may ask `data instanceof OrderPlaced`; a step with several contracts needs that to tell them apart.
  return { ok: true, event, contract, data: Object.setPrototypeOf(data, contract.class.prototype) as object };
}
