import type { PlannedFault } from '../plan.ts';
import type { Stage } from '../stage.ts';
import { copyLatest, DEAD_LETTERS, EVENTS, publishBroken } from './messages.ts';
import { freeze, kill } from './processes.ts';
import { fillStream } from './streams.ts';

/** Does one fault to the system; resolves when it is over, whatever the system makes of it. */
export async function inflict(fault: PlannedFault, number: number, stage: Stage): Promise<void> {
  const { kind, app = '', lastsMs } = fault;
  const { brokers, databases, relay } = stage;
  switch (kind) {
    case 'app-killed':
      return kill(stage.pidOf(app));
    case 'app-frozen':
      return freeze(stage.pidOf(app), lastsMs);
    case 'broker-killed':
      return brokers.killLeader(EVENTS, lastsMs);
    case 'database-killed':
      return databases.kill(lastsMs);
    case 'events-full':
      return fillStream(brokers, EVENTS, lastsMs);
    case 'dead-letters-full': {
      const full = fillStream(brokers, DEAD_LETTERS, lastsMs);
      await Promise.all([full, publishBroken(brokers, number)]);
      return;
    }
    case 'carrier-cut':
      return relay?.cut(lastsMs);
    case 'copies':
      return copyLatest(brokers);
    case 'broken-message':
      return publishBroken(brokers, number);
    case 'poison':
      return; // an order of the load
  }
}

/** What a fault needs for itself while it lasts. */
export function claimOf({ kind, app }: PlannedFault): string {
  if (app !== undefined) return app;
  if (kind === 'carrier-cut') return 'relay';
  return kind === 'database-killed' ? 'database' : 'broker';
}
