import type { Field } from '../../field.ts';
import { parseImage } from '../../image.ts';
import type { Rule } from '../../rule.ts';

export const imageOneVersion: Rule = {
  id: 'image-one-version',
  title: 'An environment runs one version of each image',
  rationale: 'Two versions of one image are a release that was forgotten half-way, or a typing error.',
  severity: 'error',
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
