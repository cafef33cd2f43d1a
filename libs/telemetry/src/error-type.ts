/** `error.type` where nothing better is known, as the conventions ask. */
export const OTHER_ERROR = '_OTHER';

/** The class name of an error, for `error.type`. Never throws. */
export function errorType(error: unknown): string {
  try {
    if (!(error instanceof Error)) {
      return OTHER_ERROR;
    }
    // A subclass that sets no `name` inherits "Error"; its constructor says more.
    const name = error.name === 'Error' ? error.constructor.name : error.name;
    return typeof name === 'string' && name !== '' ? name : OTHER_ERROR;
  } catch {
    return OTHER_ERROR;
  }
}
