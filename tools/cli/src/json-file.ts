import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './errors.ts';

/**
 * The JSON object that `--data` names; `-` is the standard input.
 * @throws UsageError
 */
export async function dataOf(file: string | undefined): Promise<object> {
  if (file === undefined)
    throw new UsageError('Say where the data is: --data <file>, or - for the standard input.');
  let data: unknown;
  try {
    data = JSON.parse(file === '-' ? await text(process.stdin) : await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (typeof data !== 'object' || data === null) throw new UsageError(`${file} is no JSON object.`);
  return data;
}
