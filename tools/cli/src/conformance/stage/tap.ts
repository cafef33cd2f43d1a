import type { Msg, NatsConnection } from '@nats-io/transport-node';

/** An answer of a consumer's client to a delivery, as it passed. */
export interface Answer {
  readonly stream: string;
  readonly consumer: string;
  readonly seq: number;
  readonly kind: 'ack' | 'nak' | 'term' | 'working';
  /** Place in the order in which the broker passed on what it got. */
  readonly place: number;
}

/** A message that was published, whether a stream took it or not. */
export interface Passed {
  readonly message: Msg;
  readonly place: number;
}

/** Hears what passes the broker. On one connection, so that the order in which it hears is the broker's own. */
export class Tap {
  readonly answers: Answer[] = [];
  readonly passed: Passed[] = [];
  #places = 0;

  /** @param subjects of messages that are listened to besides the answers */
  static async open(client: NatsConnection, subjects: readonly string[]): Promise<Tap> {
    const tap = new Tap();
    client.subscribe('$JS.ACK.>', { callback: (_, message) => tap.#answered(message) });
    for (const subject of subjects)
      client.subscribe(subject, {
        callback: (_, message) => {
          tap.passed.push({ message, place: ++tap.#places });
        },
      });
    await client.flush();
    return tap;
  }

  /** Answers to the deliveries of one stored message, by one step's consumers. */
  answersTo(stream: string, seq: number, step: string): Answer[] {
    const isOurs = (consumer: string) => consumer === step || consumer.startsWith(`${step}__`);
    return this.answers.filter((one) => one.stream === stream && one.seq === seq && isOurs(one.consumer));
  }

  /** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<seq>.…` */
  #answered(message: Msg): void {
    const tokens = message.subject.split('.');
    const at = tokens.length === 9 ? 2 : 4;
    const [stream = '', consumer = '', , seq] = tokens.slice(at);
    const place = ++this.#places;
    this.answers.push({ stream, consumer, seq: Number(seq), kind: kindOf(message.string()), place });
  }
}

/** An empty answer acknowledges. */
function kindOf(text: string): Answer['kind'] {
  if (text.startsWith('-NAK')) return 'nak';
  if (text.startsWith('+TERM')) return 'term';
  return text.startsWith('+WPI') ? 'working' : 'ack';
}
