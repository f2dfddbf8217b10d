/** The parts of an image's name. */
export interface ImageName {
  /** Registry and path: `ghcr.io/shop/cart`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Reads `registry:port/path:tag@sha256:...`. */
export function parseImage(image: string): ImageName {
  const [name = '', digest] = image.split('@');
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  if (colon === -1) return { repository: name, tag: undefined, digest };
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}

/** Whether a tag names one version: three numbers, a date, a build number of six digits or a commit. `latest`, `stable`, `7` and `7.4` move. */
export function isExactTag(tag: string): boolean {
  return /(?<!\d)\d+\.\d+\.\d|\d{4}-\d{2}-\d{2}|\d{6}|(^|[-_.])[0-9a-f]{7,40}($|[-_.])/.test(tag);
}
