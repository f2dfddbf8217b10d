import type { Release } from './environments/environment.ts';
import { project } from './project.ts';

/** By exact tag and, once one has been pushed, by digest: a digest cannot be moved under a running platform. */
export function imageOf({ tag, digest }: Release): string {
  return digest === null ? `${project.image}:${tag}` : `${project.image}:${tag}@${digest}`;
}
