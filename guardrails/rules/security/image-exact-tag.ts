import { isExactTag, parseImage } from '../../image.ts';
import type { Rule } from '../../rule.ts';

export const imageExactTag: Rule = {
  id: 'image-exact-tag',
  title: 'Every image names one version',
  rationale:
    'A tag that moves runs two versions side by side as nodes pull at different times, and no rollback brings the old one back.',
  severity: 'error',
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
