import type { Rule } from '../../rule.ts';
import { missing } from './missing.ts';

export const statefulSetHasService: Rule = {
  id: 'stateful-set-has-service',
  title: "Every StatefulSet's governing Service exists, is headless and selects its pods",
  rationale:
    'Without it the pods have no host names of their own, and replicas, sentinels and clients that use them find nobody.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id',
  *check(platform) {
    for (const set of platform.ofKind('StatefulSet')) {
      const at = set.at('spec', 'serviceName');
      if (at.text === undefined || at.text === '') continue;
      const service = platform.find('Service', set.namespace, at.text);
      if (!service) {
        yield missing(platform, { at, kind: 'Service', namespace: set.namespace, name: at.text });
        continue;
      }
      const clusterIp = service.at('spec', 'clusterIP');
      if (clusterIp.text !== 'None') {
        yield {
          at,
          message: `${service} is not headless: clusterIP is ${clusterIp.text ?? 'not set'}`,
          fix: 'Set clusterIP: None on the Service.',
          severity: platform.environmentOf(set.namespace) ? 'error' : 'note',
        };
      }
      if (!platform.selectedBy(service).some(({ resource }) => resource === set)) {
        yield {
          at,
          message: `${service} does not select the pods of ${set}`,
          fix: "Give the Service's selector the labels of these pods.",
        };
      }
    }
  },
};
