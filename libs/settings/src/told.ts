import { SettingError } from './errors.ts';

/** What each of some readers gives. */
type Given<R extends readonly (() => unknown)[]> = { readonly [K in keyof R]: ReturnType<R[K]> };

/**
 * Calls all of them, so that one start tells of everything that is wrong, whichever part reads it; answers with what
 * they give.
 * @throws SettingError with the problems of all; at once, any other error
 */
export function allTold<R extends readonly (() => unknown)[]>(...readers: R): Given<R> {
  const problems: string[] = [];
  const given = readers.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  });
  if (problems.length > 0) throw new SettingError(problems);
  return given as unknown as Given<R>;
}
