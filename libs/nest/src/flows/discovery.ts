import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type ContractClass, contractOf, isContract } from '@troupe/contract';
import { isDuration, type StepDefinition } from '@troupe/jetstream';
import { FlowDefinitionError } from '../errors.ts';
import { declaredFlows, type FlowOptions } from './flow.ts';

/** A flow as it was declared, and where. */
export interface DeclaredFlow extends FlowOptions {
  /** The class that carries `@Flow`. */
  readonly declaredAt: string;
}

/** Finds the flows of an app: what `@Flow` says at the classes of its providers, controllers and modules. */
@Injectable()
export class FlowDiscovery {
  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * @param produces what the app sends outside of steps
   * @throws FlowDefinitionError for a flow that the app cannot open, or that has no end
   */
  flows(produces: readonly ContractClass[] = [], steps: readonly StepDefinition[] = []): DeclaredFlow[] {
    const sent = new Set([...produces, ...steps.flatMap(({ emits }) => emits)]);
    const flows = [...this.#classes()].flatMap((cls) =>
      declaredFlows(cls).map((flow) => ({ ...flow, declaredAt: cls.name })),
    );
    const opened = new Map<ContractClass, string>();
    for (const flow of flows) {
      assertFlow(flow, sent);
      const other = opened.get(flow.starts);
      if (other !== undefined) {
        const { id } = contractOf(flow.starts);
        throw new FlowDefinitionError(flow.declaredAt, `starts with ${id}, and so does the one of ${other}`);
      }
      opened.set(flow.starts, flow.declaredAt);
    }
    return flows;
  }

  /** Modules are among the providers. */
  #classes(): Set<{ readonly name: string }> {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    return new Set(
      wrappers.flatMap(({ metatype, instance, isFactory }) => {
        if (isFactory) return [];
        const cls: unknown = metatype ?? (instance as object | null | undefined)?.constructor;
        return typeof cls === 'function' ? [cls] : [];
      }),
    );
  }
}

function assertFlow({ declaredAt, starts, ends, within }: DeclaredFlow, sent: ReadonlySet<unknown>): void {
  const wrong = (problem: string): never => {
    throw new FlowDefinitionError(declaredAt, problem);
  };
  const eventOf = (contract: ContractClass, list: string): string => {
    if (!isContract(contract)) wrong(`names ${nameOf(contract)} in "${list}", which has no @Contract`);
    const { kind, id } = contractOf(contract);
    return kind === 'event'
      ? id
      : wrong(`names the command ${id} in "${list}": a flow begins and ends with events`);
  };
  const opening = eventOf(starts, 'starts');
  if (!sent.has(starts)) {
    wrong(
      `starts with ${opening}, which the app does not send: list it in "produces", or in "emits" of a step`,
    );
  }
  if (!Array.isArray(ends) || ends.length === 0)
    wrong('has no end: name the events that complete it in "ends"');
  const seen = new Set<string>();
  for (const id of ends.map((end) => eventOf(end, 'ends'))) {
    if (id === opening) wrong(`starts and ends with ${id}: nothing would be left to happen in it`);
    if (seen.has(id)) wrong(`names ${id} twice in "ends"`);
    seen.add(id);
  }
  if (within !== undefined && !isDuration(within)) {
    wrong(`has within "${within}": it is a whole number and ms, s, m, h or d, such as 2d`);
  }
}

/** Files that import one another in a circle leave a contract undefined. */
function nameOf(contract: unknown): string {
  if (contract === undefined) return 'undefined (do two files import one another?)';
  return typeof contract === 'function' ? contract.name : String(contract);
}
