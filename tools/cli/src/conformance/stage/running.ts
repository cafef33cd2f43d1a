import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { StepNotRunningError } from '../../errors.ts';
import type { SubjectName } from '../subject.ts';
import { ask } from './instances.ts';
import { type Launch, StepProcess } from './step-process.ts';
import { until } from './until.ts';

const START_MS = 60_000;
/** How long a process that has its consumers may be silent as an instance, in ms, before it is taken to run. */
const SILENT_MS = 10_000;
const KILL_MS = 5_000;

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
    const since = performance.now();
    const runs = async (): Promise<boolean> => {
      if (process.ended !== undefined) return true;
      if (!(await this.#hasConsumer())) return false;
      if (performance.now() - since > SILENT_MS) return true;
      return (await this.#instances()).some((id) => !this.#known.has(id));
    };
    const isThere = await until(runs, START_MS);
    if (isThere && process.ended === undefined) return;
    const { subject } = this.sight;
    const how = process.ended ?? `it made no consumer ${subject.name} within ${START_MS / 1_000} s`;
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

  async #hasConsumer(): Promise<boolean> {
    const { manager, subject, delayed } = this.sight;
    return manager.consumers.info(delayed, subject.name).then(
      () => true,
      () => false,
    );
  }

  async #instances(): Promise<unknown[]> {
    const { client, subject, prefix } = this.sight;
    return (await ask(client, `$SRV.PING.${subject.app}`, prefix, 100)).map(({ id }) => id);
  }
}
