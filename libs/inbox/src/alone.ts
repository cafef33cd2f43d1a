import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outlet } from '@troupe/jetstream';
import { InstanceRunningError } from './errors.ts';

/** What an instance says of itself. */
interface Presence {
  readonly id: string;
  /** Its database is one that others may use: it does not mind others, but embedded ones do. */
  readonly shared: boolean;
  /** It may work: it was there before whoever hears it for the first time. */
  readonly established: boolean;
  /** Since when it is there, ms since the epoch. */
  readonly since: number;
  /** `host (process 4711)` */
  readonly where: string;
}

const ANNOUNCE_MS = 2_000;
/** How long others may take to say that they are there. */
const LISTEN_MS = 500;
/** An instance that was not heard for so long is gone. */
const GONE_MS = 10_000;

/**
 * Tells whether an app runs once, where it must: instances say that they are there on a subject of the app. Of any two
 * with embedded databases the younger one yields, and each of them yields to one with a shared database. One that
 * cannot be heard (it is stopped, or cut off) yields when it is heard again.
 */
export class Alone {
  #self: Presence;
  #rival: { readonly presence: Presence; readonly heardAt: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(
    private readonly outlet: Pick<Outlet, 'app' | 'client' | 'names'>,
    shared: boolean,
  ) {
    this.#self = {
      id: randomUUID(),
      shared,
      established: false,
      since: Date.now(),
      where: `${hostname()} (process ${process.pid})`,
    };
  }

  /** @throws InstanceRunningError when another one was there before */
  async listen(): Promise<void> {
    const { client, names, app } = this.outlet;
    const subscription = client.subscribe(names.instancesSubject(app), {
      callback: (error, message) => {
        if (error === null) this.#heard(message.json<Presence>());
      },
    });
    this.#unsubscribe = () => subscription.unsubscribe();
    this.#announce();
    this.#timer = setInterval(() => this.#announce(), ANNOUNCE_MS);
    this.#timer.unref();
    await client.flush();
    if (this.#self.shared) return;
    await delay(LISTEN_MS);
    this.assert();
  }

  /** From now on a newcomer yields, whatever its clock says. @throws InstanceRunningError */
  establish(): void {
    this.assert();
    this.#self = { ...this.#self, established: true };
    this.#announce();
  }

  /** @throws InstanceRunningError while another one is there that goes before */
  assert(): void {
    const rival = this.rival;
    if (rival !== undefined) throw rival;
  }

  get rival(): InstanceRunningError | undefined {
    if (this.#rival === undefined || performance.now() - this.#rival.heardAt > GONE_MS) return undefined;
    return new InstanceRunningError(this.outlet.app, this.#rival.presence.where);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unsubscribe?.();
  }

  #heard(presence: Presence): void {
    if (presence.id === this.#self.id) return;
    if (presence.shared && this.#self.shared) return;
    if (goesBefore(presence, this.#self)) this.#rival = { presence, heardAt: performance.now() };
    else this.#announce();
  }

  #announce(): void {
    const { client, names, app } = this.outlet;
    if (!client.isClosed() && !client.isDraining())
      client.publish(names.instancesSubject(app), JSON.stringify(this.#self));
  }
}

function goesBefore(one: Presence, other: Presence): boolean {
  if (one.shared !== other.shared) return one.shared;
  if (one.established !== other.established) return one.established;
  return one.since === other.since ? one.id < other.id : one.since < other.since;
}
