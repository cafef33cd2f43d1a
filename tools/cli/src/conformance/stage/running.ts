import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { StepNotRunningError } from '../../errors.ts';
import type { SubjectName } from '../subject.ts';
import { ask } from './instances.ts';
import { type Launch, StepProcess } from './step-process.ts';
import { until } from './until.ts';

/** A database may have to be made first, on a machine that has much else to do. */
const START_MS = 180_000;
/** How long a process that pulls may be silent as an instance, in ms, before it is taken to run. */
const SILENT_MS = 3_000;
const KILL_MS = 5_000;
const ASK_MS = 500;

/** What is looked at to see that a process runs its step. */
export interface Sight {
  readonly client: NatsConnection;
  readonly manager: JetStreamManager;
  readonly subject: SubjectName;
  /** `DELAYED_<app>`, where the step's own consumer is made. */
  readonly delayed: string;
  readonly prefix: string;
}

/** The step's process over several runs. */
export class Running {
  #process: StepProcess | undefined;
  #known: ReadonlySet<unknown> = new Set();

  constructor(
    private readonly launch: Launch,
    private readonly sight: Sight,
    /** How long the process may take to end when it is asked to, in ms. */
    readonly graceMs: number,
  ) {}

  /**
   * Starts a process, and waits until its step runs.
   * @throws StepNotRunningError
   */
  async start(): Promise<void> {
    this.#known = new Set(await this.#instances());
    const process = new StepProcess(this.launch);
    this.#process = process;
    let pullsSince: number | undefined;
    const runs = async (): Promise<boolean> => {
      if (process.ended !== undefined) return true;
      if (!(await this.#pulls())) return false;
      pullsSince ??= performance.now();
      if (performance.now() - pullsSince > SILENT_MS) return true;
      return (await this.#instances()).some((id) => !this.#known.has(id));
    };
    const isThere = await until(runs, START_MS);
    if (isThere && process.ended === undefined) return;
    const { subject } = this.sight;
    const how =
      process.ended ?? `it took nothing from a consumer ${subject.name} within ${START_MS / 1_000} s`;
    await this.end();
    throw new StepNotRunningError(subject.name, how, await process.log());
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.signal(signal);
  }

  /** Resolves to how it ended within the time, else to undefined. */
  endedWithin(ms: number): Promise<string | undefined> {
    return this.#process?.endedWithin(ms) ?? Promise.resolve(undefined);
  }

  /** Ends it, by force when it takes its time. */
  async end(): Promise<void> {
    this.signal('SIGTERM');
    if ((await this.endedWithin(KILL_MS)) === undefined) this.signal('SIGKILL');
    await this.#process?.exited;
  }

  async #pulls(): Promise<boolean> {
    const { manager, subject, delayed } = this.sight;
    const info = await manager.consumers.info(delayed, subject.name).catch(() => undefined);
    return (info?.num_waiting ?? 0) > 0;
  }

  async #instances(): Promise<unknown[]> {
    const { client, subject, prefix } = this.sight;
    return (await ask(client, `$SRV.PING.${subject.app}`, prefix, ASK_MS)).map(({ id }) => id);
  }
}
