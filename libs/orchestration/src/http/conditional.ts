/** The tags of an `If-None-Match` header (RFC 9110), compared as weak ones; `*` is any. */
export function knownTags(header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** Whether who asks has this representation already. */
export function isKnown(known: readonly string[], etag: string): boolean {
  return known.some((tag) => tag === '*' || weak(tag) === weak(etag));
}

function weak(tag: string): string {
  return tag.replace(/^W\//, '');
}
