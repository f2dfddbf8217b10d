import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';
import { missing, missingUnlessBrought } from './missing.ts';

/** What every API server that extends another reads its trust from; it is in kube-system of every cluster. */
const TRUST_OF_THE_CLUSTER = 'extension-apiserver-authentication-reader';
/** Roles that every cluster has. */
const BY_THE_CLUSTER = /^(system:.*|cluster-admin|admin|edit|view)$/;

export const identitiesExist: Rule = {
  id: 'identities-exist',
  title: 'Every service account that a pod runs as, and every role and account of a binding, exists',
  rationale:
    'Pods of an account that does not exist are never created; a binding to nothing grants nothing, and the program is refused by the API.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
  *check(platform) {
    for (const { pod, namespace } of platform.workloads) {
      const at = pod.at('serviceAccountName').exists ? pod.at('serviceAccountName') : pod.at('serviceAccount');
      if (at.text === undefined || at.text === 'default' || at.text === '') continue;
      if (!platform.find('ServiceAccount', namespace, at.text))
        yield missing(platform, { at, kind: 'ServiceAccount', namespace, name: at.text });
    }
    for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding')) yield* judgeBinding(platform, binding);
  },
};

function* judgeBinding(platform: Platform, binding: Resource): Iterable<Problem> {
  const ref = binding.at('roleRef');
  const [kind, name] = [ref.at('kind').text ?? '', ref.at('name').text ?? ''];
  const namespace = kind === 'Role' ? binding.namespace : '';
  const given =
    platform.find(kind, namespace, name) !== undefined ||
    name === TRUST_OF_THE_CLUSTER ||
    (kind === 'ClusterRole' && BY_THE_CLUSTER.test(name));
  if (!given) yield missing(platform, { at: ref.at('name'), kind, namespace, name });
  for (const subject of binding.at('subjects').items) {
    if (subject.at('kind').text !== 'ServiceAccount') continue;
    const account = subject.at('name').text ?? '';
    const home = subject.at('namespace').text ?? binding.namespace;
    if (account === 'default' || platform.find('ServiceAccount', home, account)) continue;
    const reference = { at: subject.at('name'), kind: 'ServiceAccount', namespace: home, name: account };
    const local = platform.resources.some((resource) => resource.namespace === home);
    yield local ? missing(platform, reference) : missingUnlessBrought(platform, reference);
  }
}
