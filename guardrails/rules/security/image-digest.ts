import { PROMISES } from '../../annotations.ts';
import { parseImage } from '../../image.ts';
import type { Rule } from '../../rule.ts';

export const imageDigest: Rule = {
  id: 'image-digest',
  title: 'Where digests are promised, every image goes by digest',
  rationale: 'A tag can be pushed again: only a digest says what really runs.',
  severity: 'error',
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
