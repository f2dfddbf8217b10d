import type { Field, Resource } from './field.ts';
import { oncePerPlatform, type Platform } from './platform.ts';
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
  const sources = workload.pod
    .at('volumes')
    .items.flatMap((volume): readonly Field[] => volume.at('projected', 'sources').items);
  return sources.some((source) => source.at('serviceAccountToken').exists);
}

/** The bindings that give rights to a workload's account. */
export function bindingsOf(platform: Platform, workload: Workload): readonly Resource[] {
  return byAccount(platform).get(`${workload.namespace}/${accountOf(workload)}`) ?? [];
}

const byAccount = oncePerPlatform((platform) => {
  const index = new Map<string, Resource[]>();
  for (const binding of platform.ofKind('RoleBinding', 'ClusterRoleBinding')) {
    for (const subject of binding.at('subjects').items) {
      if (subject.at('kind').text !== 'ServiceAccount') continue;
      const key = `${subject.at('namespace').text ?? binding.namespace}/${subject.at('name').text}`;
      index.set(key, [...(index.get(key) ?? []), binding]);
    }
  }
  return index;
});
