import { type Outlet, TopologyMissingError } from '@troupe/jetstream';
import { InstancesLostError } from '../errors.ts';
import type { Bucket } from './bucket.ts';
import { Fresh } from './fresh.ts';

const LOOK_MS = 5_000;

/**
 * Sees to it that the bucket is there, and stays the one that it was: a bucket that is made anew has lost its
 * instances, and what came for them would be taken for nobody's.
 */
export class Guard {
  #madeAt: string | undefined;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #look = new Fresh(() => this.#lookNow());

  constructor(
    private readonly bucket: Bucket,
    private readonly outlet: Pick<Outlet, 'topology' | 'replicas' | 'log'>,
  ) {}

  /** Why nothing can be kept now, as one sentence. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Makes the bucket where it never was, and looks after it from then on.
   * @param hadInstances whether something was begun already, so that a bucket that is missing was lost
   * @throws TopologyMissingError, InstancesLostError: the app must not run
   */
  async open(hadInstances: () => Promise<boolean>): Promise<void> {
    this.#madeAt = (await this.bucket.madeAt()) ?? (await this.#make(hadInstances));
    this.#timer ??= setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Looks at the bucket anew. */
  look(): Promise<void> {
    return this.#look.ask();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #make(hadInstances: () => Promise<boolean>): Promise<string | undefined> {
    const { topology, replicas, log } = this.outlet;
    const { name } = this.bucket;
    if (topology === 'verify') throw new TopologyMissingError(`bucket ${name}`);
    if (await hadInstances()) {
      const madeAt = await this.bucket.madeAt(); // another instance of the app may have begun at the same time
      if (madeAt !== undefined) return madeAt;
      if (topology !== 'change') throw new InstancesLostError(name);
      log.warn({ bucket: name }, `made bucket ${name} anew: the orchestrations that it held are lost`);
    }
    await this.bucket.make(replicas);
    log.info({ bucket: name }, `created bucket ${name}`);
    return this.bucket.madeAt();
  }

  /** While the broker does not answer, what was last known stands. */
  async #lookNow(): Promise<void> {
    const madeAt = await this.bucket.madeAt().catch(() => null);
    if (madeAt === null) return;
    const problem = this.#problemOf(madeAt);
    if (problem !== undefined && problem !== this.#problem)
      this.outlet.log.error({ bucket: this.bucket.name }, problem);
    this.#problem = problem;
  }

  #problemOf(madeAt: string | undefined): string | undefined {
    const { name } = this.bucket;
    if (madeAt === undefined)
      return `The bucket ${name} is gone, and the orchestrations with it: restore it from a backup.`;
    if (madeAt === this.#madeAt) return undefined;
    return `The bucket ${name} was made anew while the app ran: when its content is restored, or is to be given up, start the app again.`;
  }
}
