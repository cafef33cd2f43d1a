import { sizeOf } from '../evidence/consumers.ts';
import type { FulfilmentEvidence, StoredMessage } from './evidence.ts';
import type { AcceptedFulfilment } from './fulfilling.ts';
import { CANCELLED, CARRIED, DELIVERED, FULFILLED, pickable, WISHES } from './fulfilling.ts';

/** What became of a run: figures, and a sentence for each thing that is wrong. */
export interface FulfilmentVerdict {
  readonly accepted: number;
  readonly exactlyOnce: number;
  /** Without its end, its master status, or a part of the work. */
  readonly lost: readonly string[];
  /** With a second end, a command that was given under two ids, or work that was done twice. */
  readonly doubled: readonly string[];
  /** Messages, work and pieces that nothing explains. */
  readonly unaccounted: readonly string[];
}

export function verdictOf(evidence: FulfilmentEvidence): FulfilmentVerdict {
  const messages = distinct(evidence.messages);
  const byFlow = Map.groupBy(messages, ({ flowId }) => flowId);
  const lost: string[] = [];
  const doubled: string[] = [];
  let exactlyOnce = 0;
  for (const fulfilment of evidence.accepted) {
    const ofFlow = byFlow.get(fulfilment.id) ?? [];
    const carried = byFlow.get(`${fulfilment.id}${CARRIED}`) ?? [];
    const missing = [
      ...missingEnd(fulfilment, ofFlow, evidence),
      ...missingWork(fulfilment, evidence),
      ...missingDelivery(fulfilment, carried),
    ];
    const twice = [
      ...secondEnd(ofFlow),
      ...twiceTold(ofFlow),
      ...twiceDone(fulfilment, evidence),
      ...twiceCarried(fulfilment, carried),
    ];
    const named = (what: string) => `fulfilment ${fulfilment.id} (${fulfilment.kind}) ${what}`;
    lost.push(...missing.map(named));
    doubled.push(...twice.map(named));
    if (missing.length + twice.length === 0) exactlyOnce++;
  }
  return {
    accepted: evidence.accepted.length,
    exactlyOnce,
    lost,
    doubled,
    unaccounted: unaccounted(evidence, messages),
  };
}

/** A command that was sent again under its id is the same command. */
function distinct(messages: readonly StoredMessage[]): StoredMessage[] {
  return [...new Map(messages.map((message) => [`${message.source} ${message.id}`, message])).values()];
}

function endsOf(messages: readonly StoredMessage[]): StoredMessage[] {
  return messages.filter(({ type }) => type === FULFILLED || type === CANCELLED);
}

function missingEnd(
  { id, kind }: AcceptedFulfilment,
  messages: readonly StoredMessage[],
  { statuses }: FulfilmentEvidence,
): string[] {
  const { end, status } = WISHES[kind];
  const said = statuses.get(id);
  return [
    ...(endsOf(messages).some(({ type }) => type === end) ? [] : [`has no ${end}`]),
    ...(said === status ? [] : [`is ${said} by its master status, and not ${status}`]),
  ];
}

function secondEnd(messages: readonly StoredMessage[]): string[] {
  const ends = endsOf(messages);
  return ends.length > 1 ? [`has ${ends.map(({ type, seq }) => `${type} (${seq})`).join(', ')}`] : [];
}

/** Each thing is told once; a station is asked for again after there was none. */
function twiceTold(messages: readonly StoredMessage[]): string[] {
  const unavailable = messages.filter(({ type }) => type === 'station.unavailable.v1').length;
  const commands = messages.filter(({ type }) => COMMANDS.has(type));
  const byDeed = Map.groupBy(commands, ({ type, about }) => `${type} ${about}`.trimEnd());
  return [...byDeed].flatMap(([deed, told]) => {
    const due = deed === 'station.reserve.v1' ? 1 + unavailable : 1;
    return told.length > due ? [`was told ${deed} ${told.length} times instead of ${due}`] : [];
  });
}

function twiceDone({ id }: AcceptedFulfilment, { work }: FulfilmentEvidence): string[] {
  const picks = work.picks.filter(({ fulfilment }) => fulfilment === id);
  const parcels = work.parcels.filter(({ fulfilment }) => fulfilment === id);
  const lines = new Set(picks.map(({ line }) => line)).size;
  return [
    ...(picks.length > lines ? [`had ${picks.length} picks for ${lines} lines`] : []),
    ...(parcels.length > 1 ? [`had ${parcels.length} parcels`] : []),
    ...parcels.flatMap(({ labels }) => (labels > 1 ? [`had ${labels} labels on one parcel`] : [])),
  ];
}

function missingWork({ id, kind }: AcceptedFulfilment, { work }: FulfilmentEvidence): string[] {
  const picks = work.picks.filter(({ fulfilment }) => fulfilment === id);
  const out = picks.filter(({ restocked }) => !restocked).length;
  const due = WISHES[kind].end === FULFILLED ? pickable(kind) : 0;
  const [parcel] = work.parcels.filter(({ fulfilment, stands }) => fulfilment === id && stands);
  const packed = parcel?.lines ?? 0;
  return [
    ...(out === due ? [] : [`has ${out} picks off their shelves instead of ${due}`]),
    ...(packed === due ? [] : [`has a parcel of ${packed} lines instead of ${due}`]),
    ...(parcel === undefined || parcel.labels > 0 ? [] : ['has a parcel without a label']),
  ];
}

/** The hand-off of what was fulfilled ended with the parcel being delivered. */
function missingDelivery({ kind }: AcceptedFulfilment, carried: readonly StoredMessage[]): string[] {
  const isDue = WISHES[kind].end === FULFILLED;
  return isDue && !carried.some(({ type }) => type === DELIVERED)
    ? ['has a parcel that was not delivered']
    : [];
}

/** Each thing that is told of a parcel in the carrier's flow is told once; of what was refused there is no parcel. */
function twiceCarried({ kind }: AcceptedFulfilment, carried: readonly StoredMessage[]): string[] {
  const due = WISHES[kind].end === FULFILLED ? 1 : 0;
  return [...Map.groupBy(carried, ({ type }) => type)].flatMap(([type, told]) =>
    told.length > due ? [`has ${type} ${told.length} times instead of ${due} in the carrier's flow`] : [],
  );
}

/** Who does what is told, and the consumer that does it. */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['station.reserve.v1', 'packing/reserve'],
  ['station.release.v1', 'packing/release'],
  ['item.pick.v1', 'picking/pick'],
  ['item.restock.v1', 'picking/restock'],
  ['parcel.pack.v1', 'packing/pack'],
  ['parcel.unpack.v1', 'packing/unpack'],
  ['label.print.v1', 'packing/print'],
]);

function unaccounted(evidence: FulfilmentEvidence, messages: readonly StoredMessage[]): string[] {
  const { accepted, letters, left, books, work, unfinished } = evidence;
  const known = new Set(accepted.map(({ id }) => id));
  const answers = Map.groupBy(messages, ({ causationId }) => causationId ?? '');
  return [
    ...(left === undefined ? ['the broker did not say what it still holds'] : []),
    ...(left !== undefined && sizeOf(left) > 0
      ? [`${left.waiting} wait, ${left.inHand} in hand, ${left.scheduled} scheduled`]
      : []),
    ...(books.outbox > 0 ? [`${books.outbox} messages were never published`] : []),
    ...letters.map(({ step, reason, message }) => `${step} set a message aside, ${reason}: ${message}`),
    ...messages.flatMap(({ flowId, type, seq }) =>
      known.has(flowId.replace(CARRIED, ''))
        ? []
        : [`${type} (${seq}) is of ${flowId}, which nobody asked for`],
    ),
    ...messages.flatMap(({ type, source, id, seq }) => {
      const step = COMMANDS.get(type);
      if (step === undefined) return [];
      const answered = answers.get(id)?.length ?? 0;
      return [
        ...(books.handled.has(`${step} ${source} ${id}`) ? [] : [`${step} did not handle ${type} (${seq})`]),
        ...(answered === 1 ? [] : [`${type} (${seq}) has ${answered} answers`]),
      ];
    }),
    ...work.kept.map(({ station, fulfilment }) => `station ${station} is still kept for ${fulfilment}`),
    ...work.wrongShelves.map((sku) => `the pieces of ${sku} do not add up`),
    ...unfinished.map((flow) => `the ledger calls flow ${flow}`),
  ];
}
