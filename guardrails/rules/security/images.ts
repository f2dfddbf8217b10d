import { PROMISES } from '../../annotations.ts';
import type { Field } from '../../field.ts';
import { eachContainer, eachEnvironment, rules } from '../../rule.ts';

const IMAGES = 'https://kubernetes.io/docs/concepts/containers/images/#image-names';

/** Registries that have been given up, and what took their place. */
const GIVEN_UP: readonly (readonly [RegExp, string])[] = [
  [/^(k8s\.gcr\.io|(\w+\.)?gcr\.io\/(google[_-]containers|k8s-artifacts-prod))\//, 'registry.k8s.io'],
  [/^(docker\.pkg\.github\.com)\//, 'ghcr.io'],
  [/^(gcr\.io\/kubebuilder)\//, 'registry.k8s.io/kubebuilder or quay.io/brancz'],
  [/^(quay\.io\/kubernetes-ingress-controller)\//, 'registry.k8s.io/ingress-nginx'],
];

export const imagesRules = rules({
  'image-digest': {
    title: 'Where digests are promised, every image goes by digest',
    rationale: 'A tag can be pushed again: only a digest says what really runs.',
    docs: IMAGES,
    where: PROMISES.digests,
    check: eachContainer(function* ({ image: at, name }) {
      const { digest } = parseImage(at.text ?? '');
      if (digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) return;
      const wrong = digest === undefined ? 'without a digest' : 'whose digest is no sha256';
      const fix = 'Add @sha256:... of the pushed image, or excuse the workload until there is one.';
      yield { at, message: `container ${name} runs ${at.scalar}, ${wrong}`, fix };
    }),
  },
  'image-exact-tag': {
    title: 'Every image names one version',
    rationale: 'A tag that moves runs two versions side by side, and no rollback brings the old one back.',
    docs: IMAGES,
    elsewhere: 'warning',
    check: eachContainer(function* ({ image: at, name, workload }, platform) {
      const { tag, digest } = parseImage(at.text ?? '');
      if (!at.text || digest !== undefined || isBuilt(at.text)) return;
      if (/\s|^https?:\/\//.test(at.text) || (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag))) {
        const message = `container ${name} runs "${at.text}", which is not a valid image name`;
        return yield { at, message, fix: 'Write registry/path:tag.', severity: 'error' };
      }
      const floats = tag === undefined || tag === 'latest';
      if (!floats && (!platform.environmentOf(workload.namespace) || isExactTag(tag))) return;
      const wrong = tag === undefined ? 'which has no tag and so is latest' : `and ${tag} is no exact version`;
      const fix = 'Name the exact version (1.2.3), best with its digest.';
      yield { at, message: `container ${name} runs ${at.text}, ${wrong}`, fix };
    }),
  },
  'image-one-version': {
    title: 'An environment runs one version of each image',
    rationale: 'Two versions of one image are a release that was forgotten half-way, or a typing error.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/overview/#container-images',
    check: eachEnvironment(function* (environment, platform) {
      const first = new Map<string, Field>();
      for (const { image: at } of platform.workloadsOf(environment).flatMap(({ containers }) => containers)) {
        const { repository, tag, digest } = parseImage(at.text ?? '');
        const known = first.get(repository) ?? at;
        first.set(repository, known);
        const other = parseImage(known.text ?? '');
        if (other.tag === tag && other.digest === digest) continue;
        const message = `runs ${at.text}, but ${known.resource} runs ${known.text}`;
        yield { at, message, fix: 'Run one version in the whole environment.' };
      }
    }),
  },
  'registry-serves': {
    title: 'No image comes from a registry that has been given up',
    rationale: 'The image can be gone on the day on which a new node has to pull it.',
    severity: 'warning',
    docs: 'https://kubernetes.io/blog/2023/03/10/image-registry-redirect/',
    check: eachContainer(function* ({ image: at, name }) {
      const given = GIVEN_UP.find(([pattern]) => pattern.test(at.text ?? ''));
      const message = `container ${name} pulls ${at.text} from a registry that has been given up`;
      if (given) yield { at, message, fix: `Pull it from ${given[1]}.` };
    }),
  },
});

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
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  if (colon === -1) return { repository: name, tag: undefined, digest };
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}

/** Whether a tag names one version: three numbers, a date, a build number of six digits or a commit. `latest`, `stable`, `7` and `7.4` move. */
function isExactTag(tag: string): boolean {
  return /(?<!\d)\d+\.\d+\.\d|\d{4}-\d{2}-\d{2}|\d{6}|(^|[-_.])[0-9a-f]{7,40}($|[-_.])/.test(tag);
}

/** References that a builder replaces (`ko://`), and names that a kustomization or a script fills in: no image is called in capitals. */
function isBuilt(image: string): boolean {
  return /^ko:\/\/|[${}<>]|^controller|^[A-Z][A-Z\d_-]+([:/]|$)/.test(image);
}
