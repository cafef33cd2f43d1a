/** How a command ends; docs/reference/cli.md has the table. */
export const EXIT = {
  ok: 0,
  /** It could not be done: the broker is away, there is no such letter. */
  failed: 1,
  /** The command line is wrong. Nothing was done. */
  usage: 2,
  /** Nothing was found to do it with. */
  nothing: 3,
  /** The canary failed again: the rest was not sent. */
  stopped: 4,
  /** Paused, steps have not answered yet, or something holds a prune back: it can go on later. */
  unfinished: 5,
  /** All was sent, but letters failed again or could not be sent. */
  partly: 6,
  /** What was to be checked does not hold. */
  unsound: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
