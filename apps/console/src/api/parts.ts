/** Parts of the schemas. */
export const text = { type: 'string' };
export const whole = { type: 'integer' };
export const number = { type: 'number' };
export const flag = { type: 'boolean' };
/** RFC 3339 */
export const moment = { ...text, format: 'date-time' };
export const time = (description: string) => ({
  type: 'number',
  description: `${description}, ms since the epoch.`,
});
export const listOf = (items: object) => ({ type: 'array', items });
export const texts = listOf(text);

/** An object with these fields; those that end with `?` may be missing. */
export function object(fields: Record<string, object>): {
  type: string;
  required: string[];
  properties: Record<string, object>;
} {
  const names = Object.keys(fields);
  return {
    type: 'object',
    required: names.filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), fields[name] ?? {}])),
  };
}
