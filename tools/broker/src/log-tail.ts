import { readFile } from 'node:fs/promises';

/** The last lines of a log file, without empty ones; none when it cannot be read. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
}
