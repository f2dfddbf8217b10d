import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';
import { kindsOf, versionsOf } from '../../schema/schemas.ts';
import { suggest } from '../../suggest.ts';
import { servedApi } from './served-api.ts';

/** A group that Kubernetes itself owns: no dot, or `.k8s.io` that no CRD brings. Others are shared: Argo CD and Argo Rollouts both use argoproj.io. */
function isBuiltIn(group: string): boolean {
  return (
    !group.includes('.') ||
    ['apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'storage.k8s.io', 'policy'].includes(group)
  );
}

export const knownKind: Rule = {
  id: 'known-kind',
  title: 'Every kind is one that its API version has',
  rationale: 'Nothing can be said about an object whose kind is unknown, and a cluster without its CRD refuses it.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields',
  *check(platform) {
    const removed = new Set([...servedApi.check(platform)].map(({ at }) => at.resource));
    for (const resource of platform.resources) {
      if (resource.kind === '' || resource.apiVersion === '' || removed.has(resource)) continue;
      if (!kindsOf(resource.apiVersion).includes(resource.kind)) yield judge(resource, platform);
    }
  },
};

function judge(resource: Resource, platform: Platform): Problem {
  const { apiVersion, kind } = resource;
  const versions = versionsOf(kind);
  const defined = platform
    .ofKind('CustomResourceDefinition')
    .some((crd) => crd.at('spec', 'names', 'kind').text === kind);
  const meant = suggest(kind, kindsOf(apiVersion));
  // A version of a custom resource may be newer than what is known here.
  const isNewer = versions.some((version) => version.split('/')[0] === resource.group) && !isBuiltIn(resource.group);
  if (isBuiltIn(resource.group) || (meant !== undefined && meant !== kind && !defined && !isNewer)) {
    const move = versions.length > 0 ? `Kind ${kind} is in ${versions.join(', ')}.` : 'Write a kind that it has.';
    return {
      at: resource.at('kind'),
      message: `${apiVersion} has no kind ${kind}`,
      fix: meant === undefined ? move : `Did you mean ${meant}?`,
    };
  }
  return {
    at: resource.at('kind'),
    severity: 'note',
    message: `${kind} of ${apiVersion} is a custom resource that is not known here${defined ? ', though its definition is given' : ''}; its fields were not checked`,
    fix: 'Nothing to do; check it against its own schema.',
  };
}
