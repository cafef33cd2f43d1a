import { type AcceptedContract, decodeMessage, type Mask, maskOf } from '@troupe/contract';
import { announced } from './announced.ts';
import type { Work } from './work.ts';

/** What hides the sensitive values of a message in hand, by its contract and by the major that the handler gets. */
export function maskOfWork(work: Work): Mask | undefined {
  const accepted = acceptedOfWork(work);
  if (accepted === undefined) return undefined;
  const { contract, target } = accepted;
  return contract === target ? contract.mask : maskOf([...contract.mask.paths, ...target.mask.paths]);
}

/** The data of a message as it came, read once more: the handler may have changed what it was given. For failures only. */
export function dataOfWork({ delivery }: Work): object | undefined {
  try {
    const { data } = decodeMessage(delivery.headers(), delivery.payload);
    return typeof data === 'object' && data !== null ? data : undefined;
  } catch {
    return undefined; // malformed: no handler saw it
  }
}

/** Values of the contract's business keys in a message in hand; undefined where there are none. */
export function businessKeysOf(work: Work): Readonly<Record<string, string>> | undefined {
  const contract = acceptedOfWork(work)?.contract;
  if (contract === undefined || contract.businessKeys.length === 0) return undefined;
  const data = dataOfWork(work);
  return data && contract.businessKeysOf(data);
}

/** Undefined when the step does not know its type. */
function acceptedOfWork({ eventIfKnown, delivery, origin }: Work): AcceptedContract | undefined {
  const type = eventIfKnown?.type ?? announced(delivery).type;
  const { accepted } = origin.content;
  if (type !== undefined) return accepted.get(type);
  const [only, ...others] = accepted.values();
  return others.length === 0 ? only : undefined;
}
