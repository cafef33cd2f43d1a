/** The address at which it is shown where something is, by any key that leads to it. */
export function whereAddress(key: string): string {
  return `/ui/where?${new URLSearchParams({ key })}`;
}

/** The address of the flows of which these things are so. */
export function flowsAddress(asked: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(asked).toString();
  return query === '' ? '/ui/flows' : `/ui/flows?${query}`;
}

/** An address elsewhere that may be followed: undefined for one that is none, or runs something. */
export function safeLink(address: string): string | undefined {
  const url = URL.parse(address);
  return url !== null && ['http:', 'https:'].includes(url.protocol) ? url.href : undefined;
}
