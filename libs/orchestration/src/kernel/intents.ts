import { contractOf } from '@troupe/contract';
import type { EventObject, ExecutableActionObject, MachineContext } from 'xstate';
import type { ActionGiven } from '../definition/actions.ts';
import { commandName } from '../definition/command-spec.ts';
import { type Intent, intentOf } from '../definition/intent.ts';
import { MachineActionError, OrchestrationLimitError } from '../errors.ts';
import { MOST_COMMANDS } from '../limits.ts';
import type { CommandRecord } from '../record.ts';
import { addCommand } from './commands.ts';
import { beginCompensation } from './compensation.ts';
import { change, type Draft, send } from './draft.ts';
import { dispatchFanOut } from './fan-out.ts';
import { openFlows } from './hand-offs.ts';
import { arm, disarm } from './timers.ts';

/**
 * Turns what a transition asks for into messages, records and timers, in its order.
 * @throws MachineFault
 */
export function carryOut(draft: Draft, actions: readonly ExecutableActionObject[]): void {
  let compensates = false;
  for (const { type, info, params, exec } of actions) {
    const intent = intentOf(exec);
    if (intent !== undefined) {
      if (!draft.compiled.intents.has(intent)) throw new MachineActionError(intent.kind, UNKNOWN);
      compensates ||= intent.kind === 'compensate';
      carryOutIntent(draft, intent, info as ActionGiven<MachineContext, EventObject>);
    } else if (type === 'xstate.raise') arm(draft, params as Parameters<typeof arm>[1]);
    else if (type === 'xstate.cancel') disarm(draft, (params as { sendId: string }).sendId);
    else
      throw new MachineActionError(
        type,
        'is none that is carried out: dispatch, fanOut, handOff, emit, compensate',
      );
  }
  if (compensates) beginCompensation(draft, 'declared');
}

const UNKNOWN = 'was made while the machine ran: make it once, in setup({ actions }), and name it';

function carryOutIntent(draft: Draft, intent: Intent, given: ActionGiven<MachineContext, EventObject>): void {
  switch (intent.kind) {
    case 'dispatch': {
      const name = commandName(intent);
      const data = intent.data(given);
      const id = send(draft, intent.command, data, name, { record: 'command' });
      replaceOpen(draft, name);
      addCommand(draft, { id, name, contract: contractOf(intent.command).id, data });
      assertFew(draft);
      return;
    }
    case 'handOff':
      replaceOpen(draft, intent.options.name);
      openFlows(draft, intent, intent.data(given));
      assertFew(draft);
      return;
    case 'fanOut':
      dispatchFanOut(draft, intent, intent.branches(given));
      return;
    case 'emit':
      send(draft, intent.contract, intent.data(given), intent.key?.(given) ?? '');
      return;
    case 'compensate':
      return;
  }
}

function assertFew({ record }: Draft): void {
  const open = record.commands.filter(({ status }) => status === 'open').length;
  if (open > MOST_COMMANDS) throw new OrchestrationLimitError('open commands', open, MOST_COMMANDS);
}

/** Dispatched again, a command is another one: nobody waits for the earlier one any more. */
function replaceOpen(draft: Draft, name: string): void {
  const { commands } = draft.record;
  const isReplaced = (one: CommandRecord): boolean =>
    one.name === name && one.undoes === undefined && (one.status === 'open' || one.unhandled !== undefined);
  if (!commands.some(isReplaced)) return;
  change(draft, {
    commands: commands.map((one) => {
      if (!isReplaced(one)) return one;
      const { unhandled, dueAt, message, ...rest } = one;
      return { ...rest, status: 'dropped' as const };
    }),
  });
}
