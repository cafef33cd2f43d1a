import { readFile } from 'node:fs/promises';

/** What can be done in the world. */
export type Deed = 'charge' | 'refund' | 'reserve' | 'dispatch';

/** One call that the world answered, as its log has it. */
export interface Call {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly deed: Deed;
  readonly key: string;
  readonly orderId: string;
  /** What was done: the payment, refund, reservation or parcel. Absent when it was refused. */
  readonly effect?: string;
  /** The key was used before, so nothing was done now. */
  readonly repeated: boolean;
}

/** The world's log, a JSON document on each line. */
export async function readCalls(file: string): Promise<Call[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Call);
}
