import { type Connection, DeadLetters, type ListedLetter, stepName } from '@troupe/jetstream';
import type { Broker } from '../projection/broker.ts';
import { infoOf } from '../projection/streams.ts';
import { GROWTH_LETTERS } from './conditions.ts';

/** Dead letters of one fingerprint that nobody has dealt with yet. */
export interface OpenGroup {
  readonly fingerprint: string;
  readonly app: string;
  /** `<app>__<step>` */
  readonly step: string;
  readonly reason: string;
  readonly error: string;
  /** Contract id of the messages, where they could be read. */
  readonly type: string | undefined;
  /** CloudEvents sources of the messages, the first three; fewer where a message says none. */
  readonly sources: readonly string[];
  readonly count: number;
  /** Flow of the first letter. */
  readonly flow: string | undefined;
  /** When the last ten were set aside, ms since the epoch, oldest first. */
  readonly lastTimes: readonly number[];
}

/** Groups kept at once: memory is bounded by them, not by the letters. */
const MOST_GROUPS = 500;
const MOST_SOURCES = 3;
/** A letter says what it says: texts of it are kept to so many characters. */
const LONGEST = 200;

/** Reads the open dead letters by group, all of them, but only when something was set aside or dealt with since. */
export class LetterGroups {
  #letters: DeadLetters | undefined;
  #asOf = '';
  #groups: readonly OpenGroup[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly broker: () => Promise<Broker>,
  ) {}

  async look(): Promise<readonly OpenGroup[]> {
    const broker = await this.broker();
    const asOf = await endsOf(broker);
    if (asOf === undefined) return []; // nothing was ever set aside
    if (asOf === this.#asOf) return this.#groups;
    this.#letters ??= await DeadLetters.open(this.connection, broker.names.prefix);
    const groups = new Map<string, OpenGroup>();
    for await (const letter of this.#letters.list()) {
      const fingerprint = fingerprintOf(letter);
      const group = groups.get(fingerprint);
      if (group !== undefined || groups.size < MOST_GROUPS) groups.set(fingerprint, joined(group, letter));
    }
    this.#asOf = asOf;
    this.#groups = [...groups.values()];
    return this.#groups;
  }

  close(): void {
    this.#letters?.close();
  }
}

/** Where the streams of the letters and of what was done about them end; undefined when there are no letters. */
async function endsOf(broker: Broker): Promise<string | undefined> {
  const { names } = broker;
  const letters = await infoOf(broker, names.deadLetters);
  if (letters === undefined || letters.state.messages === 0) return undefined;
  const marks = await infoOf(broker, `KV_${names.bucket('ops_dead_letters')}`);
  const { first_seq: first, last_seq: last } = letters.state;
  return `${letters.created} ${first} ${last} ${marks?.created} ${marks?.state.last_seq}`;
}

function joined(group: OpenGroup | undefined, letter: ListedLetter): OpenGroup {
  const { app, step, reason, error, event, flowId, at } = letter;
  const cut = (text: string): string => text.slice(0, LONGEST);
  return {
    fingerprint: fingerprintOf(letter),
    app: cut(app),
    step: cut(stepName(app, step)),
    reason: cut(reason),
    error: cut(error.message),
    type: event.type && cut(event.type),
    sources: withSource(group?.sources ?? [], event.source && cut(event.source)),
    count: (group?.count ?? 0) + 1,
    flow: group?.flow ?? (flowId && cut(flowId)),
    lastTimes: [...(group?.lastTimes ?? []), Date.parse(at)].slice(-GROWTH_LETTERS),
  };
}

function withSource(sources: readonly string[], source: string | undefined): readonly string[] {
  if (!source || sources.includes(source) || sources.length === MOST_SOURCES) return sources;
  return [...sources, source];
}

function fingerprintOf({ fingerprint }: ListedLetter): string {
  return fingerprint.slice(0, LONGEST);
}
