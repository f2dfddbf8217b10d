import type { Field, Resource } from './field.ts';
import { groupBy, oncePerPlatform, type Platform } from './platform.ts';
import type { Workload } from './workload.ts';

/** The service account that a workload's pods run as. */
export function accountOf(workload: Workload): string {
  return workload.pod.at('serviceAccountName').text ?? workload.pod.at('serviceAccount').text ?? 'default';
}

/** Whether the token of the account is mounted: the pod decides, then the account; Kubernetes mounts it when neither does. */
export function mountsToken(platform: Platform, workload: Workload): boolean {
  const account = platform.find('ServiceAccount', workload.namespace, accountOf(workload));
  return (
    workload.pod.at('automountServiceAccountToken').flag ?? account?.at('automountServiceAccountToken').flag ?? true
  );
}

/** Whether a volume brings a token instead. */
export function projectsToken(workload: Workload): boolean {
  const sources = workload.pod.all('volumes', '*', 'projected', 'sources', '*', 'serviceAccountToken');
  return sources.some(({ exists }) => exists);
}

/** The bindings that give rights to a workload's account. */
export function bindingsOf(platform: Platform, workload: Workload): readonly Resource[] {
  const subjects = byAccount(platform).get(`${workload.namespace}/${accountOf(workload)}`) ?? [];
  return subjects.map(({ resource }) => resource);
}

const byAccount = oncePerPlatform((platform) => {
  const bindings = platform.ofKind('RoleBinding', 'ClusterRoleBinding');
  const subjects = bindings.flatMap((binding) => binding.at('subjects').items);
  const accounts = subjects.filter((subject) => subject.at('kind').text === 'ServiceAccount');
  const keyOf = (subject: Field) =>
    `${subject.at('namespace').text ?? subject.resource.namespace}/${subject.at('name').text}`;
  return groupBy(accounts, keyOf);
});
