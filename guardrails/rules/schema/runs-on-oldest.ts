import { PROMISES } from '../../annotations.ts';
import type { Platform } from '../../platform.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';
import { departures } from '../../schema/compare.ts';
import { oldest } from '../../schema/schemas.ts';

/** Alpha fields of that release count as its own: whether a cluster has them switched on, no manifest says. */
export const runsOnOldest: Rule = {
  id: 'runs-on-oldest',
  title: 'Where Kubernetes 1.28 is promised, no kind and no field is newer than that',
  rationale:
    'An older API server drops a field that it does not know, so what it was to set is not set, and refuses a kind.',
  severity: 'error',
  docs: 'https://kubernetes.io/releases/version-skew-policy/',
  *check(platform) {
    const { release, newer } = oldest();
    const fix = `Do without it until the oldest cluster is past ${release}, and then take back the promise.`;
    for (const resource of platform.resources) {
      const { apiVersion, kind } = resource;
      if (!newer.includes(`${apiVersion}/${kind}`) || !isPromised(platform, resource)) continue;
      yield { at: resource.at('kind'), message: `Kubernetes ${release} has no ${kind} of ${apiVersion}`, fix };
    }
    for (const { is, resource, path } of departures(platform)) {
      if (is !== 'newer' || !isPromised(platform, resource)) continue;
      yield { at: resource.at(...path), message: `Kubernetes ${release} has no ${path.at(-1)} here`, fix };
    }
  },
};

/** What has no namespace is everybody's. */
function isPromised(platform: Platform, { namespace }: Resource): boolean {
  const own = platform.environmentOf(namespace);
  const bound = namespace === '' ? platform.environments : own ? [own] : [];
  return bound.some((environment) => environment.promises(PROMISES.oldestKubernetes));
}
