import { once } from 'node:events';
import type { App } from './apps.ts';
import type { Arguments } from './arguments.ts';
import type { EndedEarlyError } from './errors.ts';
import { flowLine } from './flow-line.ts';
import { Flows } from './flows.ts';
import { type Home, openHome } from './home.ts';
import { OrderSystem } from './order-system.ts';
import { placeOrder } from './place-order.ts';
import { step } from './progress.ts';
import { SAMPLES } from './samples.ts';
import { addressesText, missing, type PlacedOrder, summaryText } from './summary.ts';
import { watch } from './watch.ts';

/** What a demonstration runs in. */
export interface Surroundings {
  readonly apps: readonly App[];
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when it is to end. */
  readonly stop: AbortSignal;
  /** How long the sample flows may take to their ends, in milliseconds. @default 60,000 */
  readonly flowTimeMs?: number;
}

/** The exit code of what a person ended before it was through, as shells have it. */
const INTERRUPTED = 130;

/**
 * Starts the order system, places the sample orders, shows every flow, and at the end stops all that it started.
 *
 * @returns the exit code: 0 when the sample flows reached their declared ends, or when it went on until told to stop
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
  readonly #orders: PlacedOrder[] = [];
  /** Aborted when a process ended that was to run on, with the error that says so. */
  readonly #halt = new AbortController();
  readonly #stopOrHalt: AbortSignal;
  #goesOn = false;

  constructor(wanted: Arguments, surroundings: Surroundings, home: Home) {
    this.#wanted = wanted;
    this.#surroundings = surroundings;
    this.#stopOrHalt = AbortSignal.any([surroundings.stop, this.#halt.signal]);
    this.system = new OrderSystem({
      ...surroundings,
      home,
      port: wanted.port,
      brokerPort: wanted.brokerPort,
      onEnded: (error) => this.#ended(error),
    });
  }

  async run(): Promise<number> {
    const { env } = this.#surroundings;
    await this.system.start(this.#stopOrHalt).catch((error: unknown) => {
      // Whatever failed after Ctrl-C failed because of it.
      if (!this.#surroundings.stop.aborted) throw error;
    });
    if (this.#isOver()) return this.#wanted.once ? INTERRUPTED : 0;
    const watching = await watch(this.system.broker.url, env.TROUPE_PREFIX ?? '', (sighting) =>
      console.log(flowLine(sighting, this.#flows.record(sighting))),
    );
    try {
      await this.#placeOrders();
      await this.#untilSettled();
      if (this.#isOver()) return this.#wanted.once ? INTERRUPTED : 0;
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
    for (const sample of SAMPLES) this.#orders.push(await placeOrder(storefront, sample));
  }

  /** A flow is settled at its declared end, and also when a dead letter keeps it from getting there. */
  #untilSettled(): Promise<void> {
    const settled = () =>
      this.#orders.every(({ sample, flowId }) => {
        const flow = this.#flows.get(flowId);
        return missing(sample, flow) === undefined || (flow?.deadLetters.length ?? 0) > 0;
      });
    const late = AbortSignal.timeout(this.#surroundings.flowTimeMs ?? 60_000);
    return this.#flows.until(settled, AbortSignal.any([this.#stopOrHalt, late]));
  }

  /** Shows how the sample flows ended; true when one did not as declared. */
  async #sumUp(): Promise<boolean> {
    const flowOf = (id: string) => this.#flows.get(id);
    console.log(`\nThe sample flows:\n${summaryText(this.#orders, flowOf)}\n`);
    const failed = this.#orders.some(({ sample, flowId }) => missing(sample, flowOf(flowId)) !== undefined);
    if (failed) {
      for (const app of this.system.apps)
        console.error(`${app.name} logged last:\n  ${(await app.log()).join('\n  ')}`);
    }
    return failed;
  }

  /** Shows flows until it is told to stop, or the broker ends. */
  async #goOn(): Promise<void> {
    console.log(`${addressesText(this.system.addresses, SAMPLES[0])}\n\nFlows are shown until Ctrl-C.`);
    this.#goesOn = true;
    if (!this.#stopOrHalt.aborted) await once(this.#stopOrHalt, 'abort');
    this.#isOver();
  }

  /** An app that is gone after the sample flows is worth seeing: what is meant for it waits in the broker. */
  #ended(error: EndedEarlyError): void {
    if (this.#goesOn && error.process !== 'broker') console.error(`\n${error.message}\nThe others go on.\n`);
    else this.#halt.abort(error);
  }

  /** @throws EndedEarlyError when a process ended that was to run on */
  #isOver(): boolean {
    this.#halt.signal.throwIfAborted();
    return this.#surroundings.stop.aborted;
  }
}
