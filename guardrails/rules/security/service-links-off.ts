import { PROMISES } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

export const serviceLinksOff: Rule = {
  id: 'service-links-off',
  title: 'Where Pod Security is promised, no pod is told of every Service by its environment',
  rationale:
    'The kubelet writes NAME_PORT=tcp://... for each Service: a Service named redis overrides the REDIS_PORT that a program reads, and every pod learns of all.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.podSecurity)) continue;
      const at = workload.pod.at('enableServiceLinks');
      if (at.flag === false) continue;
      const services = platform.resources.filter(
        ({ kind, namespace }) => kind === 'Service' && namespace === workload.namespace,
      );
      if (services.length === 0) continue;
      yield {
        at,
        message: `gets the addresses of every Service here as variables, ${variableOf(services[0]?.name ?? '')} among them`,
        fix: 'Set enableServiceLinks to false; names are found by DNS.',
      };
    }
  },
};

function variableOf(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
}
