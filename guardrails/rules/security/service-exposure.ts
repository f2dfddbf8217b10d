import type { Rule } from '../../rule.ts';

export const serviceExposure: Rule = {
  id: 'service-exposure',
  title: 'A Service is open to the outside only where its environment asks for it',
  rationale: 'A NodePort or a LoadBalancer goes around the Ingress: around its TLS, its rate limit and its rules.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      const environment = platform.environmentOf(service.namespace);
      if (!environment) continue;
      const type = service.at('spec', 'type');
      if ((type.text === 'NodePort' || type.text === 'LoadBalancer') && !environment.exposes.includes(type.text)) {
        yield {
          at: type,
          message: `is a ${type.text}, which environment ${environment.name} does not ask for`,
          fix: 'Make it a ClusterIP, and route to it through the Ingress.',
        };
      }
      const external = service.at('spec', 'externalIPs');
      if (external.items.length === 0) continue;
      yield {
        at: external,
        message: `takes the traffic of ${external.items.map(({ scalar }) => scalar).join(', ')}`,
        fix: 'Remove externalIPs.',
      };
    }
  },
};
