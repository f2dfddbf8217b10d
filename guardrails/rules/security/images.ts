import { PROMISES } from '../../annotations.ts';
import type { Field } from '../../field.ts';
import type { Rule } from '../../rule.ts';

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

const imageDigest: Rule = {
  id: 'image-digest',
  title: 'Where digests are promised, every image goes by digest',
  rationale: 'A tag can be pushed again: only a digest says what really runs.',
  docs: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.digests)) continue;
      for (const { image, name } of workload.containers) {
        const { digest } = parseImage(image.text ?? '');
        if (digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) continue;
        yield {
          at: image,
          message:
            digest === undefined
              ? `container ${name} runs ${image.scalar}, without a digest`
              : `container ${name} runs ${image.scalar}, whose digest is no sha256`,
          fix: 'Add @sha256:... of the pushed image, or excuse the workload until there is one.',
        };
      }
    }
  },
};

const imageExactTag: Rule = {
  id: 'image-exact-tag',
  title: 'Every image names one version',
  rationale:
    'A tag that moves runs two versions side by side as nodes pull at different times, and no rollback brings the old one back.',
  docs: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  *check(platform) {
    for (const workload of platform.workloads) {
      const own = platform.environmentOf(workload.namespace) !== undefined;
      for (const { image, name } of workload.containers) {
        const { tag, digest } = parseImage(image.text ?? '');
        if (!image.text || digest !== undefined || isBuilt(image.text)) continue;
        const floats = tag === undefined || tag === 'latest';
        if (!floats && (!own || isExactTag(tag))) continue;
        yield {
          at: image,
          message: `container ${name} runs ${image.text}, ${tag === undefined ? 'which has no tag and so is latest' : `and ${tag} is no exact version`}`,
          fix: 'Name the exact version (1.2.3), best with its digest.',
          severity: own ? 'error' : 'warning',
        };
      }
    }
  },
};

/** References that a builder replaces (`ko://`), and names that a kustomization or a script fills in. */
function isBuilt(image: string): boolean {
  return /^ko:\/\/|[${}<>]|^(controller|REPLACE|PLACEHOLDER)/.test(image);
}

const imageOneVersion: Rule = {
  id: 'image-one-version',
  title: 'An environment runs one version of each image',
  rationale: 'Two versions of one image are a release that was forgotten half-way, or a typing error.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/overview/#container-images',
  *check(platform) {
    for (const environment of platform.environments) {
      const first = new Map<string, Field>();
      const workloads = environment.namespaces.flatMap(({ name }) => platform.workloadsIn(name));
      for (const { image } of workloads.flatMap(({ containers }) => containers)) {
        const { repository, tag, digest } = parseImage(image.text ?? '');
        const known = first.get(repository);
        if (!known) first.set(repository, image);
        const other = known && parseImage(known.text ?? '');
        if (!known || !other || (other.tag === tag && other.digest === digest)) continue;
        yield {
          at: image,
          message: `runs ${image.text}, but ${known.resource} runs ${known.text}`,
          fix: 'Run one version in the whole environment.',
        };
      }
    }
  },
};

export const imagesRules: readonly Rule[] = [imageDigest, imageExactTag, imageOneVersion];
