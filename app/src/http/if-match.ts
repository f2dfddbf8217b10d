/** One entity tag; a weak one keeps its `W/`. */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** What a writer has seen: any of these revisions, or undefined where it does not care. */
export type SeenRevisions = readonly string[] | undefined;

/**
 * The revisions that `If-Match` lists; undefined for an absent header and for `*`.
 * A weak tag never matches and neither does what is no tag at all (RFC 9110, 13.1.1): a condition that is not understood must not be ignored.
 */
export function seenRevisions(header: string | undefined): SeenRevisions {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.match(TAG) ?? [];
  return tags.filter((tag) => !tag.startsWith('W/')).map((tag) => tag.slice(1, -1));
}
