import { EXEMPTION_PREFIX } from '../guardrails/annotations.ts';
import { IMAGES } from './images.ts';
import { type Manifest, type Plan, releasedImage } from './plan/part.ts';

const RULE = 'image-digest';

/**
 * Writes on a workload why an image in it stands by its exact tag: a digest is never invented. Only for images that we name
 * ourselves; any other without a digest stays an error. The exception goes as soon as the digest is there.
 */
export function exceptTags(manifest: Manifest, plan: Plan): Manifest {
  if (plan.environment.secrets.kind === 'literal') return manifest;
  const images = imagesOf(manifest).filter((image) => !image.includes('@'));
  const reasons = [...new Set(images)].flatMap((image) => reasonOf(image, plan));
  if (images.length === 0 || reasons.length === 0) return manifest;
  const metadata = manifest['metadata'] as { readonly annotations?: Readonly<Record<string, string>> };
  const annotations = { ...metadata.annotations, [`${EXEMPTION_PREFIX}${RULE}`]: reasons.join('; ') };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

function reasonOf(image: string, { environment, project, catalog }: Plan): string[] {
  if (image === releasedImage(project.image, environment.release))
    return [`nothing has been pushed yet; npm run promote -- ${environment.name} writes the digest`];
  const known = Object.values<string>(IMAGES).includes(image) || catalog.some((service) => service.image === image);
  return known ? [`no source for the digest of ${image} has been cited yet`] : [];
}

/** Images of all containers of a workload, whatever its kind. */
export function imagesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]) =>
    CONTAINER_LISTS.has(key) && Array.isArray(child)
      ? child.flatMap((container: { readonly image?: string }) => container.image ?? [])
      : SPEC_PATH.has(key)
        ? imagesOf(child)
        : [],
  );
}

const CONTAINER_LISTS = new Set(['containers', 'initContainers']);
/** The way from any workload to its pod template. */
const SPEC_PATH = new Set(['spec', 'template', 'jobTemplate']);
