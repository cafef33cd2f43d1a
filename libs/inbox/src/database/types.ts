/** Object ids of PostgreSQL's types whose values the drivers read in different ways. */
const INT8 = 20;
const DATE = 1082;
const TIMESTAMP = 1114;

/** How both drivers read them; `date` and `timestamp` are no instants, so they stay text. */
export const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: wholeNumber,
  [DATE]: (text) => text,
  [TIMESTAMP]: (text) => text,
};

function wholeNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
