/** A text that somebody else wrote, as every database keeps it: PostgreSQL takes no NUL. */
export function keptText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
