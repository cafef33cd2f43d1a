import { positionOf } from '../model/record.ts';
import { firstOf, partOf } from './clue.ts';
import type { Database, Session } from './database.ts';

/** Messages that one transaction drops: what is asked meanwhile does not wait long. */
const CHUNK = 2_000;

/**
 * Drops what a stream no longer has: messages and their copies, what was heard of them, and flows of which nothing is
 * left there: what else is known of one are messages to single steps. Copies stay as long as what they are copies of: a
 * schedule that fired is gone from its stream, and still tells. A copy that came after its original was dropped, of a
 * letter that was redriven late, goes with the next ones.
 */
export function retain(database: Database, stream: number, firstSeq: number): Promise<boolean> {
  return database.transaction(async (session) => {
    const rows = await session.all<{ pos: number; flow: number; id: string }>(
      `SELECT message.pos AS pos, message.flow AS flow, flow.id AS id FROM message JOIN flow ON flow.n = message.flow
        WHERE pos >= $1 AND pos < $2 ORDER BY pos LIMIT $3`,
      [positionOf(stream, 0), positionOf(stream, firstSeq), CHUNK],
    );
    const range = [positionOf(stream, 0), rows.at(-1)?.pos ?? positionOf(stream, firstSeq) - 1];
    const copies = await session.all<{ flow: number; id: string }>(
      `SELECT DISTINCT message.flow AS flow, flow.id AS id FROM message JOIN flow ON flow.n = message.flow
        WHERE origin BETWEEN $1 AND $2`,
      range,
    );
    const flows = [...new Map([...rows, ...copies].map(({ id, flow }) => [id, flow]))];
    flows.sort(([a], [b]) => (a < b ? -1 : 1));
    // Whoever writes of one of them meanwhile is waited for, or waits.
    for (const [, flow] of flows)
      await session.run('UPDATE flow SET version = version + 1 WHERE n = $1', [flow]);
    await session.run('DELETE FROM evidence WHERE pos BETWEEN $1 AND $2', range);
    await session.run('DELETE FROM letter WHERE origin BETWEEN $1 AND $2', range);
    await session.run(
      `DELETE FROM evidence WHERE pos IN (SELECT pos FROM message WHERE origin BETWEEN $1 AND $2)`,
      range,
    );
    await session.run('DELETE FROM message WHERE origin BETWEEN $1 AND $2', range);
    await session.run('DELETE FROM message WHERE pos BETWEEN $1 AND $2', range);
    for (const [, flow] of flows) {
      const left = await session.all('SELECT 1 AS one FROM message WHERE flow = $1 AND pos < $2 LIMIT 1', [
        flow,
        positionOf(stream + 1, 0),
      ]);
      if (left.length > 0) continue;
      for (const column of ['evidence.pos', 'letter.origin']) {
        const [table, pos] = column.split('.');
        await session.run(`DELETE FROM ${table} WHERE ${pos} IN (SELECT pos FROM message WHERE flow = $1)`, [
          flow,
        ]);
      }
      await session.run('DELETE FROM message WHERE flow = $1', [flow]);
      await session.run('DELETE FROM business_key WHERE flow = $1', [flow]);
      await session.run('DELETE FROM child WHERE flow = $1', [flow]);
      await session.run('DELETE FROM flow WHERE n = $1', [flow]);
    }
    for (const part of new Set(flows.map(([, flow]) => partOf(flow)))) await dropClues(session, part);
    return rows.length === CHUNK;
  });
}

/**
 * A clue to a flow that is gone leads nowhere: they go when no flow of their part is left. A flow that another ledger
 * puts there is written with its clues, and one statement sees both or neither.
 */
async function dropClues(session: Session, part: number): Promise<void> {
  for (const table of ['clue', 'new_clue'])
    await session.run(
      `DELETE FROM ${table} WHERE part = $1 AND NOT EXISTS (SELECT 1 FROM flow WHERE n >= $2 AND n < $3)`,
      [part, firstOf(part), firstOf(part + 1)],
    );
}
