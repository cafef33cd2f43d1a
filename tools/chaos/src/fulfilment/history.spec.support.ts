import type { StoredLetter } from '../evidence/dead-letters.ts';
import type { FulfilmentEvidence, StoredMessage } from './evidence.ts';
import type { AcceptedFulfilment } from './fulfilling.ts';
import {
  CANCELLED,
  CARRIED,
  CONSIGNED,
  DELIVERED,
  FULFILLED,
  type FulfilmentKind,
  LANTERN,
  WISHES,
} from './fulfilling.ts';
import type { Parcel, Pick } from './work.ts';

const HANDLERS: Readonly<Record<string, string>> = {
  'station.reserve.v1': 'packing/reserve',
  'station.release.v1': 'packing/release',
  'item.pick.v1': 'picking/pick',
  'item.restock.v1': 'picking/restock',
  'parcel.pack.v1': 'packing/pack',
  'label.print.v1': 'packing/print',
};

/** What a run leaves behind: begins with nothing, and what is added is as it must be. */
export class History {
  readonly accepted: AcceptedFulfilment[] = [];
  readonly messages: StoredMessage[] = [];
  readonly letters: StoredLetter[] = [];
  readonly handled = new Set<string>();
  readonly picks: Pick[] = [];
  readonly parcels: Parcel[] = [];
  readonly kept: { station: string; fulfilment: string }[] = [];
  readonly statuses = new Map<string, string>();
  wrongShelves: string[] = [];
  unfinished: string[] = [];
  left: FulfilmentEvidence['left'] = { waiting: 0, inHand: 0, scheduled: 0 };
  outbox = 0;

  get evidence(): FulfilmentEvidence {
    const { accepted, messages, letters, left, handled, outbox, picks, parcels, kept, wrongShelves } = this;
    const { statuses, unfinished } = this;
    const books = { handled, outbox };
    const work = { picks, parcels, kept, wrongShelves };
    return { accepted, messages, letters, left, books, work, statuses, unfinished };
  }

  /** A fulfilment that went as its kind goes. */
  add(kind: FulfilmentKind, id: string): this {
    const { lines, end, status } = WISHES[kind];
    this.accepted.push({ id, kind, acceptedAt: 0, tries: 1 });
    this.store(id, 'fulfilment.requested.v1').tell(id, 'station.reserve.v1', 'station.reserved.v1');
    const refused = end === CANCELLED;
    for (const [index, sku] of lines.entries()) {
      const line = index + 1;
      const there = sku !== LANTERN;
      this.tell(id, 'item.pick.v1', there ? 'item.picked.v1' : 'item.missing.v1', String(line));
      if (there) this.picks.push({ fulfilment: id, line, restocked: refused });
      if (there && refused) this.tell(id, 'item.restock.v1', 'item.restocked.v1', `pick-${line}`);
    }
    if (refused) this.tell(id, 'station.release.v1', 'station.released.v1');
    else {
      this.tell(id, 'parcel.pack.v1', 'parcel.packed.v1').tell(id, 'label.print.v1', 'label.printed.v1');
      const picked = this.picks.filter(({ fulfilment }) => fulfilment === id).length;
      this.parcels.push({ fulfilment: id, lines: picked, stands: true, labels: 1 });
      for (const type of [CONSIGNED, 'parcel.collected.v1', 'parcel.sorted.v1', DELIVERED])
        this.store(`${id}${CARRIED}`, type);
    }
    this.statuses.set(id, status);
    return this.store(id, end === FULFILLED ? FULFILLED : CANCELLED);
  }

  /** A command that was handled, and its answer. */
  tell(
    flowId: string,
    command: string,
    answer: string,
    about = '',
    id = `${command} ${flowId} ${about}`,
  ): this {
    this.store(flowId, command, { about, id, source: '/fulfilment/fulfilment' });
    this.handled.add(`${HANDLERS[command]} /fulfilment/fulfilment ${id}`);
    return this.store(flowId, answer, { about, causationId: id });
  }

  store(flowId: string, type: string, over: Partial<StoredMessage> = {}): this {
    const seq = this.messages.length + 1;
    const plain = { id: `message-${seq}`, source: '/test', causationId: undefined, about: '' };
    this.messages.push({ seq, flowId, type, ...plain, ...over });
    return this;
  }
}
