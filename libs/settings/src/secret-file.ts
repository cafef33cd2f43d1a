import { readFileSync, statSync } from 'node:fs';

const MOST_BYTES = 64 * 1024;

/**
 * The text of a file, without the space around it, which editors and `echo` leave at its end.
 * @param name the variable that names the file
 * @throws Error with a sentence: it cannot be read, is empty, is no file, or has more than 64 KiB
 */
export function readSecretFile(name: string, path: string): string {
  const refusal = (why: string) => new Error(`${name} is "${path}", which ${why}.`);
  let text: string;
  try {
    const about = statSync(path); // asked first: to open a pipe would wait for whoever writes to it
    if (!about.isFile()) throw refusal('is no file');
    if (about.size > MOST_BYTES) throw refusal('has more than 64 KiB');
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : refusal(`cannot be read (${code})`);
  }
  if (text === '') throw refusal('is empty');
  return text;
}
