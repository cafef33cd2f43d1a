import type { ContractClass } from '@troupe/contract';
import type { ConnectionOptions } from '../connection/connection.ts';
import type { Instrumentation } from '../instrumentation.ts';
import type { Logger } from '../logger.ts';
import type { StepDefinition } from '../step.ts';
import type { TopologyMode } from '../topology/ensure.ts';
import type { StreamSettings } from '../topology/streams.ts';

/** One app: who it is, what it sends, which steps it runs, and where its broker is. */
export interface RuntimeOptions {
  /** Name of the app, `[a-z][a-z0-9-]*`: first part of its durables and source of its messages. */
  readonly app: string;
  /** Semantic version of this build: a newer one may change what an older one declared in the broker. */
  readonly version: string;
  readonly connection?: ConnectionOptions;
  /** Environment, so that several share one broker. Default: none. */
  readonly prefix?: string;
  /** What the subjects of the JetStream API begin with in the app's account, when that is not the streams' own. Default `$JS.API`. */
  readonly apiPrefix?: string;
  /** What the app may do to the broker's streams and consumers. Default `create`. */
  readonly topology?: TopologyMode;
  readonly streams?: StreamSettings;
  /** Address of the console, which orchestrations ask about the flows that they handed off. Default: they ask nobody. */
  readonly consoleUrl?: string;
  readonly steps?: readonly StepDefinition[];
  /** Contracts that the app sends outside of steps, through its producer. */
  readonly produces?: readonly ContractClass[];
  /** Default: the registered one, else silent. */
  readonly log?: Logger;
  /** Default: the registered one, else none. */
  readonly instrumentation?: Instrumentation;
}

/** Whether the app does its work now, and why not. */
export interface RuntimeStatus {
  readonly ready: boolean;
  /** One sentence for each thing that is in the way; empty when ready. */
  readonly problems: readonly string[];
}
