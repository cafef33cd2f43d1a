/** The rule that this run of the crooked step breaks; undefined for none. */
const fault = process.env.FAULT;

export function is(rule: string): boolean {
  return fault === rule;
}
