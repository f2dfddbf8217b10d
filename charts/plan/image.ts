import type { Release } from './environment.ts';
import type { PartContext } from './part.ts';
import type { ServiceSpec } from './service-spec.ts';

/** By exact tag and, once one has been pushed, by digest: a digest cannot be moved under a running platform. */
export function releasedImage(image: string, { tag, digest }: Release): string {
  return digest === null ? `${image}:${tag}` : `${image}:${tag}@${digest}`;
}

/** A service's own image, or the platform's at the environment's release. */
export function imageOf(
  service: ServiceSpec,
  { project, environment }: Pick<PartContext, 'project' | 'environment'>,
): string {
  return service.image ?? releasedImage(project.image, environment.release);
}
