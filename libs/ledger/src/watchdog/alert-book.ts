import { createHash } from 'node:crypto';
import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { Alert } from './alert.ts';

interface Page {
  readonly alert: Alert;
  /** In the bucket; undefined when it is not there yet. */
  readonly revision: number | undefined;
  readonly isSaved: boolean;
}

const WRONG_LAST_SEQUENCE = 10071;

/**
 * The alerts and what nobody was told of yet, in a bucket: whoever takes over goes on where the last one was. It is
 * read once; changes are made in memory and then saved, so that a broker that is away keeps nothing from being told.
 * What somebody else changed meanwhile holds instead.
 */
export class AlertBook {
  #pages = new Map<string, Page>();
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly entries: KV,
    private readonly manager: JetStreamManager,
    /** Name of the bucket. */
    private readonly name: string,
  ) {}

  get alerts(): ReadonlyMap<string, Alert> {
    return new Map([...this.#pages].map(([id, { alert }]) => [id, alert]));
  }

  /** Those that the bucket has as they are here. */
  get saved(): readonly Alert[] {
    return [...this.#pages.values()].filter(({ isSaved }) => isSaved).map(({ alert }) => alert);
  }

  /** Reads what is in the bucket. What could not be saved before is kept, and saved when nobody was faster. */
  async read(): Promise<void> {
    const pages = new Map([...this.#pages].filter(([, { isSaved }]) => !isSaved));
    for await (const key of await this.entries.keys('alert.>')) {
      const page = await this.#read(key);
      if (page !== undefined && !pages.has(page.alert.id)) pages.set(page.alert.id, page);
    }
    this.#pages = pages;
  }

  /** They hold at once. Resolves when they are saved too; rejects while the broker is away. */
  async put(alerts: readonly Alert[]): Promise<void> {
    for (const alert of alerts)
      this.#pages.set(alert.id, { alert, revision: this.#pages.get(alert.id)?.revision, isSaved: false });
    await this.save();
  }

  /** Saves what is not saved yet, one after the other, whoever asks. */
  save(): Promise<void> {
    const saving = this.#saving.catch(() => {}).then(() => this.#save());
    this.#saving = saving;
    return saving;
  }

  async #save(): Promise<void> {
    for (const [id, page] of this.#pages) if (!page.isSaved) await this.#savePage(id, page);
  }

  async #savePage(id: string, page: Page): Promise<void> {
    const saved = await this.#saved(keyOf(id), page);
    const now = this.#pages.get(id);
    if (now !== page) {
      if (now !== undefined) this.#pages.set(id, { ...now, revision: saved?.revision }); // changed meanwhile
    } else if (saved === undefined) this.#pages.delete(id);
    else this.#pages.set(id, saved);
  }

  /** The page as it stands in the bucket afterwards; undefined when it is over, there or here. */
  async #saved(key: string, { alert, revision }: Page): Promise<Page | undefined> {
    try {
      if (alert.state === 'resolved' && alert.untold.length === 0) {
        await this.#remove(key, revision);
        return undefined;
      }
      return { alert, revision: await this.#write(key, alert, revision), isSaved: true };
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== WRONG_LAST_SEQUENCE) throw error;
      return this.#read(key);
    }
  }

  #write(key: string, alert: Alert, revision: number | undefined): Promise<number> {
    const text = JSON.stringify(alert);
    return revision === undefined ? this.entries.create(key, text) : this.entries.update(key, text, revision);
  }

  /** Purged up to its revision, it leaves nothing behind, and takes nothing newer with it. */
  async #remove(key: string, revision: number | undefined): Promise<void> {
    if (revision === undefined) return;
    const filter = `$KV.${this.name}.${key}`;
    await this.manager.streams.purge(`KV_${this.name}`, { filter, seq: revision + 1 });
  }

  async #read(key: string): Promise<Page | undefined> {
    const entry = await this.entries.get(key);
    if (entry?.operation !== 'PUT') return undefined;
    return { alert: entry.json<Alert>(), revision: entry.revision, isSaved: true };
  }
}

/** Ids hold what a key cannot. */
function keyOf(id: string): string {
  return `alert.${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
