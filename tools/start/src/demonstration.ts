import { once } from 'node:events';
import { type App, CARRIER } from './apps.ts';
import type { Arguments } from './arguments.ts';
import { flowLine } from './flow-line.ts';
import { Flows } from './flows.ts';
import { followFulfilment, requestFulfilment } from './fulfilment.ts';
import { type Home, openHome } from './home.ts';
import { OrderSystem } from './order-system.ts';
import { placeOrder } from './place-order.ts';
import { endedText, returnedText } from './process-line.ts';
import { step } from './progress.ts';
import { progressLine } from './progress-bar.ts';
import { FULFILMENTS, SAMPLES, type Sample, withoutCarrier } from './samples.ts';
import { addressesText, isOver, partsOf, type SampleFlow, summaryText, urlOf } from './summary.ts';
import { watch } from './watch.ts';
import { sentencesOf } from './whereabouts.ts';

/** What a demonstration runs in. */
export interface Surroundings {
  /** Without a carrier among them, parcels wait for one. */
  readonly apps: readonly App[];
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when it is to end. */
  readonly stop: AbortSignal;
  /** How long the sample flows may take to their ends, in milliseconds. @default 60,000 */
  readonly flowTimeMs?: number;
}

/** Enough for a process that dies: what it was at comes again after 30 s. */
const FLOW_TIME = 60_000;
/** How far behind its flow a fulfilment's status may be. One that is suspended has no last one. */
const LAST_STATUS_TIME = 2_000;
/** The exit code of what a person ended before it was through, as shells have it. */
const INTERRUPTED = 130;

/**
 * Starts the order system, places the sample orders, has some fulfilled, shows every flow, and at the end stops all that it started.
 *
 * @returns the exit code: 0 when the sample flows reached their declared ends, or where no carrier runs came as far as
 *   to it; also when it went on until told to stop
 * @throws TroupeError, BrokerError what a person can mend
 */
export async function demonstrate(wanted: Arguments, surroundings: Surroundings): Promise<number> {
  const demonstration = new Demonstration(wanted, surroundings, await openHome(surroundings.env));
  try {
    return await demonstration.run();
  } finally {
    await step('Stopping the apps, then the broker', () => demonstration.system.stop());
  }
}

class Demonstration {
  readonly system: OrderSystem;
  readonly #wanted: Arguments;
  readonly #surroundings: Surroundings;
  readonly #flows = new Flows();
  readonly #flowOf = (id: string) => this.#flows.get(id);
  readonly #begun: SampleFlow[] = [];
  /** Each resolves when its fulfilment ended, or is followed no more. */
  readonly #following: Promise<void>[] = [];
  readonly #followed = new AbortController();
  /** Aborted when a process could not be kept running, with the error that says why. */
  readonly #halt = new AbortController();
  readonly #stopOrHalt: AbortSignal;

  constructor(wanted: Arguments, surroundings: Surroundings, home: Home) {
    this.#wanted = wanted;
    this.#surroundings = surroundings;
    this.#stopOrHalt = AbortSignal.any([surroundings.stop, this.#halt.signal]);
    this.system = new OrderSystem({
      ...surroundings,
      home,
      port: wanted.port,
      brokerPort: wanted.brokerPort,
      observer: {
        onEnded: (end) => console.error(endedText(end, home.logOf(end.process))),
        onReturned: (back) => console.log(returnedText(back)),
        onGivenUp: (error) => this.#halt.abort(error),
      },
    });
  }

  async run(): Promise<number> {
    const interrupted = this.#wanted.once ? INTERRUPTED : 0;
    try {
      return (await this.#run()) ?? interrupted;
    } catch (error) {
      // Whatever failed after Ctrl-C failed because of it.
      if (!this.#surroundings.stop.aborted) throw error;
      return interrupted;
    }
  }

  /** The exit code, unless it was told to stop. */
  async #run(): Promise<number | undefined> {
    const { env, stop } = this.#surroundings;
    stop.throwIfAborted();
    await this.system.start(this.#stopOrHalt);
    const watching = await watch(
      this.system.broker.url,
      env.TROUPE_PREFIX ?? '',
      (sighting) => console.log(flowLine(sighting, this.#flows.record(sighting))),
      this.#stopOrHalt,
    );
    try {
      await this.#placeOrders();
      await this.#requestFulfilments();
      await this.#untilSettled();
      if (this.#isOver()) return undefined;
      const failed = await this.#sumUp();
      if (this.#wanted.once) return failed ? 1 : 0;
      await this.#goOn();
      return 0;
    } finally {
      await watching.close();
    }
  }

  async #placeOrders(): Promise<void> {
    console.log(`Placing ${SAMPLES.length} sample orders ...`);
    const storefront = this.system.addresses.apps[0]?.url ?? '';
    for (const sample of this.#wished(SAMPLES))
      this.#begun.push(await placeOrder(storefront, sample, this.#stopOrHalt));
  }

  #wished<S extends Sample>(samples: readonly S[]): readonly S[] {
    const hasCarrier = this.#surroundings.apps.some(({ name }) => name === CARRIER);
    return hasCarrier ? samples : samples.map(withoutCarrier);
  }

  async #requestFulfilments(): Promise<void> {
    console.log(`Having ${FULFILMENTS.length} orders fulfilled ...`);
    const app = urlOf(this.system.addresses.apps, 'fulfilment') ?? '';
    for (const sample of this.#wished(FULFILMENTS)) {
      const requested = await requestFulfilment(app, sample, this.#stopOrHalt);
      this.#begun.push(requested);
      const following = followFulfilment(
        requested.url,
        (status) => console.log(progressLine(requested.flowId, status)),
        AbortSignal.any([this.#stopOrHalt, this.#followed.signal]),
      );
      this.#following.push(following);
    }
  }

  /** A flow is settled at its declared end, and also when a dead letter keeps it from getting there. */
  async #untilSettled(): Promise<void> {
    const settled = () =>
      this.#begun.every(
        (one) =>
          isOver(one, this.#flowOf) || partsOf(one, this.#flowOf).some((part) => part.deadLetters.length > 0),
      );
    const late = AbortSignal.timeout(this.#surroundings.flowTimeMs ?? FLOW_TIME);
    await this.#flows.until(settled, AbortSignal.any([this.#stopOrHalt, late]));
    const enough = setTimeout(() => this.#followed.abort(), LAST_STATUS_TIME);
    await Promise.all(this.#following);
    clearTimeout(enough);
  }

  /** Shows how the sample flows ended; true when one did not as declared. */
  async #sumUp(): Promise<boolean> {
    const sentences = await sentencesOf(this.system.addresses.apps, this.#begun, this.#stopOrHalt);
    console.log(`\nThe sample flows:\n${summaryText(this.#begun, this.#flowOf, sentences)}\n`);
    const failed = !this.#begun.every((one) => isOver(one, this.#flowOf));
    if (failed) {
      for (const app of this.system.apps)
        console.error(`${app.name} logged last:\n  ${(await app.log()).join('\n  ')}`);
    }
    return failed;
  }

  /** Shows flows until it is told to stop, or a process cannot be kept running. */
  async #goOn(): Promise<void> {
    console.log(
      `${addressesText(this.system.addresses, SAMPLES[0], FULFILMENTS[1])}\n\nFlows are shown until Ctrl-C.`,
    );
    if (!this.#stopOrHalt.aborted) await once(this.#stopOrHalt, 'abort');
    this.#isOver();
  }

  /** @throws TroupeError, BrokerError when a process could not be kept running */
  #isOver(): boolean {
    this.#halt.signal.throwIfAborted();
    return this.#surroundings.stop.aborted;
  }
}
