import type { NatsConnection } from '@nats-io/transport-node';
import type { Names } from './naming.ts';

/** What went wrong: a failed attempt, something a person must see, or a broker that does not take what is due. */
export type NoticeKind = 'retry' | 'alert' | 'outage';

/** The app that sent a message, as far as the message says it. */
export interface ProducingApp {
  /** First part of a source such as `/storefront` or `/payments/authorize`; of another form, the source itself. */
  readonly app: string;
  /** What its `appversion` says. */
  readonly version: string | undefined;
}

/** The small record of something that went wrong. */
export interface Notice {
  readonly step: string;
  /** `retries-exhausted`, `contract-invalid`, `duplicate-differs` … */
  readonly reason: string;
  readonly message: string;
  /** CloudEvents id, type, source and flow of the message concerned, where it could be read. */
  readonly event?:
    | {
        readonly id: string;
        readonly type: string;
        readonly source: string;
        readonly flowId: string;
        /** Values of the contract's business keys, by path: `{ '/orderId': 'o-1001' }`. */
        readonly keys?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
  /** Who sent that message, by its source: the one to talk to about a broken contract. */
  readonly producer?: ProducingApp | undefined;
  readonly attempt?: number | undefined;
  /** When it is tried again, RFC 3339. */
  readonly nextAt?: string | undefined;
  /** Which of the attempt's immediate tries comes next, from 1; absent when the attempt is over. */
  readonly immediate?: number | undefined;
}

const LONGEST_MESSAGE = 1_024;
const LONGEST_NAME = 256;

/** Publishes notices: only when something goes wrong, without waiting for the broker, and never failing the work. */
export class Notices {
  constructor(
    private readonly client: NatsConnection,
    private readonly names: Names,
    private readonly app: string,
  ) {}

  publish(kind: NoticeKind, { event, message, ...notice }: Notice): void {
    if (this.client.isClosed() || this.client.isDraining()) return;
    const body = {
      ...notice,
      message: message.slice(0, LONGEST_MESSAGE),
      event: event && {
        id: event.id.slice(0, LONGEST_NAME),
        type: event.type.slice(0, LONGEST_NAME),
        source: event.source.slice(0, LONGEST_NAME),
        flowId: event.flowId.slice(0, LONGEST_NAME),
        ...(event.keys !== undefined && { keys: event.keys }),
      },
      app: this.app,
      at: new Date().toISOString(),
    };
    this.client.publish(this.names.noticeSubject(kind, this.app, notice.step), JSON.stringify(body));
  }
}
