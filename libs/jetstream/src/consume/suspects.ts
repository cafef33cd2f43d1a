import type { Outcome } from '../instrumentation.ts';
import type { CrashMark, CrashMarks } from './crash-marks.ts';
import { asError } from './failure.ts';
import type { Isolation } from './isolation.ts';
import type { Places } from './places.ts';
import type { Processing } from './processing.ts';
import { Remembered } from './remembered.ts';
import type { Work } from './work.ts';

/** Deaths, after the first unmarked one, with which a message is set aside: one that it may share, and two alone. */
const DEADLY = 3;

/**
 * Messages that were delivered before. Their count proves nothing: a dead process's whole prefetch comes again, and so
 * does what another instance handed back. So each is marked while it is handled. One whose mark is still there when it
 * comes again was in the hands of a process when that died: it is handled alone in this process, so that only what
 * kills has its deaths counted, and after some it is set aside before it is touched.
 */
export class Suspects {
  /** Their turn came, and they are looked at or wait to be begun. */
  readonly #unbegun = new Set<Work>();
  /** Deliveries that came back from here, by message: their next one explains itself. */
  readonly #returned = new Remembered<number>();
  /** Deaths known here of messages whose last mark may be written or not. */
  readonly #unsure = new Remembered<number>();
  readonly #ends = new Map<Work, (outcome: Outcome) => void>();

  constructor(
    private readonly marks: Pick<CrashMarks, 'deaths' | 'write' | 'clear'>,
    private readonly isolation: Isolation,
    private readonly places: Places<Work>,
    private readonly processing: Pick<Processing, 'begin' | 'setAside' | 'withoutMark'>,
  ) {}

  /** Begins a message that was delivered before, at once or when it is known how. */
  begin(work: Work): void {
    if (this.#returned.get(work.key) === work.delivery.info.deliveries - 1) {
      this.processing.begin(work);
      return;
    }
    this.#unbegun.add(work);
    this.places.quieten();
    void this.#look(work);
  }

  /** The step is through with a message that did not end at once as done. */
  ended(work: Work, outcome: Outcome): void {
    if (outcome === 'done' || outcome === 'dead-lettered') this.#returned.forget(work.key);
    else if (work.begun) this.#returned.set(work.key, work.delivery.info.deliveries);
    this.#ends.get(work)?.(outcome);
    this.#ends.delete(work);
  }

  /** Those that were not begun; they never will be. */
  clear(): Work[] {
    const works = [...this.#unbegun];
    for (const work of works) this.#take(work);
    return works;
  }

  async #look(work: Work): Promise<void> {
    try {
      const read = await this.marks.deaths(work);
      const deaths = Math.min(read, this.#unsure.get(work.key) ?? read);
      if (deaths >= DEADLY) this.#setAside(work, deaths);
      else if (deaths > 0) this.isolation.alone(() => this.#handleAlone(work, deaths));
      else this.places.whenOpen(() => void this.#handle(work, deaths));
    } catch (error) {
      if (this.#take(work)) this.processing.withoutMark(work, asError(error));
    }
  }

  #setAside(work: Work, deaths: number): void {
    if (!this.#take(work)) return;
    this.#ends.set(work, (outcome) => {
      if (outcome === 'dead-lettered') void this.marks.clear(work);
    });
    this.processing.setAside(work, deaths);
  }

  #handleAlone(work: Work, deaths: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#unbegun.has(work) || this.places.closed) {
        resolve(); // the app stops: it is handed back
        return;
      }
      this.#ends.set(work, () => resolve());
      void this.#handle(work, deaths);
    });
  }

  async #handle(work: Work, deaths: number): Promise<void> {
    if (!this.#take(work)) return;
    let mark: CrashMark;
    try {
      mark = await this.marks.write(work, deaths);
    } catch (error) {
      this.#unsure.set(work.key, deaths);
      if (work.state === 'waiting') this.processing.withoutMark(work, asError(error));
      return;
    }
    this.#unsure.forget(work.key);
    if (work.state === 'waiting') {
      work.delivery.marked(mark);
      this.processing.begin(work);
    } else {
      void mark.remove(); // the app stopped waiting for it
    }
  }

  /** Whether the message is still to be begun; whoever asks has it then. */
  #take(work: Work): boolean {
    if (!this.#unbegun.delete(work)) return false;
    this.places.stir();
    return true;
  }
}
