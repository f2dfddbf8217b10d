import type { Rule } from '../../rule.ts';
import { definitionOf } from '../../schema/api.ts';
import { suggest } from '../../suggest.ts';

/** Namespaces that every cluster has. */
const BY_THE_CLUSTER = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/**
 * Quiet for manifests of others that declare none at all: many charts are installed into a namespace that somebody else makes. A custom resource
 * that is not known here and names no namespace may have none.
 */
export const namespacesDeclared: Rule = {
  id: 'namespaces-declared',
  title: 'Where namespaces are declared, every object is in one of them',
  rationale:
    'An object in a namespace that does not exist is refused; one that slipped into default is found by nobody.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  *check(platform) {
    const declared = platform.ofKind('Namespace').map(({ name }) => name);
    if (!platform.resources.some(({ kind, construct }) => kind === 'Namespace' || construct !== undefined)) return;
    for (const resource of platform.resources) {
      const { namespace } = resource;
      if (namespace === '' || declared.includes(namespace)) continue;
      const at = resource.at('metadata', 'namespace');
      const slipped = !at.exists && platform.environments.length > 0;
      if (!at.exists && definitionOf(resource.apiVersion, resource.kind) === undefined) continue;
      const known = BY_THE_CLUSTER.has(namespace) || resource.apiVersion.startsWith('argoproj.io/');
      if (known && !slipped) continue;
      const meant = suggest(namespace, declared);
      yield {
        at,
        message: slipped
          ? 'names no namespace, so it lands in default'
          : `namespace ${namespace} is not declared: there is ${declared.join(', ') || 'none'}`,
        fix: meant === undefined ? 'Name a namespace that is declared, or declare this one.' : `Did you mean ${meant}?`,
      };
    }
  },
};
