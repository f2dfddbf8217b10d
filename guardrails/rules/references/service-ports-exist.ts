import type { Field } from '../../field.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const servicePortsExist: Rule = {
  id: 'service-ports-exist',
  title: 'Every port of a Service leads to a port of its pods',
  rationale: 'Connections are accepted by nobody: they are refused, or a named port resolves to no endpoint at all.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      for (const port of service.at('spec', 'ports').items) {
        const target = port.at('targetPort').exists ? port.at('targetPort') : port.at('port');
        const without = platform
          .selectedBy(service)
          .find((workload) => !listens(workload, target, port.at('protocol').text ?? 'TCP'));
        if (!without) continue;
        const ports = without.running.flatMap((container) => container.ports.map(({ name, number }) => name ?? number));
        yield {
          at: target,
          message: `leads to port ${target.scalar}, but ${without} has ${ports.join(', ') || 'none'}`,
          fix: 'Name a port of the container, with its protocol.',
        };
      }
    }
  },
};

/** Port numbers of containers are informative: only a pod that lists some is held to its list, but a name must be listed. */
function listens({ running }: Workload, target: Field, protocol: string): boolean {
  const ports = running.flatMap((container) => container.ports);
  const wanted = target.value;
  if (typeof wanted === 'string') return ports.some(({ name, protocol: own }) => name === wanted && own === protocol);
  return ports.length === 0 || ports.some(({ number, protocol: own }) => number === wanted && own === protocol);
}
