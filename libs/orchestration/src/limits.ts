/** Ids of handled inputs that an instance remembers. Commands and fan-outs know their own answers besides. */
export const MOST_HANDLED = 64;

/** Inputs that wait until the machine can take them. */
export const MOST_DEFERRED = 100;

/** Commands that are open at once, and commands that are kept; a fan-out carries more. */
export const MOST_COMMANDS = 200;

/** Hand-offs of which the report is kept, those that were reported last. */
export const MOST_REPORTS = 32;

/** Characters of a kept report, as JSON. */
export const LARGEST_REPORT = 4 * 1024;

/** Fan-outs of one instance, all in all. */
export const MOST_FAN_OUTS = 100;

/** Branches of one fan-out. */
export const MOST_BRANCHES = 10_000;

/** Timers that are armed at once. */
export const MOST_TIMERS = 100;

/** Problems that an instance remembers. */
export const MOST_PROBLEMS = 50;

/** Characters of what is kept under one key, as JSON. */
export const LARGEST_RECORD = 512 * 1024;

/** Characters of JSON of an answer that is kept in a record. The machine gets it whole, unless it comes with a join. */
export const LARGEST_RESULT = 16 * 1024;
