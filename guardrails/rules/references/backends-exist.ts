import type { Field } from '../../field.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';
import { backends } from './backends.ts';
import { missing } from './missing.ts';

export const backendsExist: Rule = {
  id: 'backends-exist',
  title: 'Every route of an Ingress or a Gateway leads to a Service and a port that exist',
  rationale: 'Visitors get 503 or 404, though every pod is healthy.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource',
  *check(platform) {
    for (const { at, namespace, service, port } of backends(platform)) {
      const target = platform.find('Service', namespace, service);
      if (!target) yield missing(platform, { at, kind: 'Service', namespace, name: service });
      else if (port.exists && !hasPort(target, port)) {
        const ports = target
          .at('spec', 'ports')
          .items.map((own) => [own.at('name').text, own.at('port').number].filter(Boolean).join(' = '));
        yield {
          at: port,
          message: `${target} has no port ${port.scalar}: it has ${ports.join(', ')}`,
          fix: 'Name a port of the Service, not of its pods.',
        };
      }
    }
  },
};

function hasPort(service: Resource, port: Field): boolean {
  return service
    .at('spec', 'ports')
    .items.some((own) => own.at('port').value === port.value || own.at('name').value === port.value);
}
