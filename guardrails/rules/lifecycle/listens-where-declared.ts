import { variablesOf } from '../../config-text.ts';
import type { Rule } from '../../rule.ts';

/** What programs call the port that they listen on; REDIS_PORT and its like name somebody else's. */
const OWN_PORT = /^(PORT|(HTTP|ADMIN|LISTEN|SERVER|METRICS|GRPC|HEALTH|MANAGEMENT)_PORT)$/;

export const listensWhereDeclared: Rule = {
  id: 'listens-where-declared',
  title: 'The port that a variable tells a program to listen on is a port of its container',
  rationale: 'Probes and Services go to the declared port, where nobody listens: the pod never becomes ready.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/connect-applications-service/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.running) {
        const ports = container.ports.map(({ number }) => number);
        if (ports.length === 0) continue;
        for (const { name, value, at } of variablesOf(platform, workload, container)) {
          if (!OWN_PORT.test(name) || !/^\d+$/.test(value) || ports.includes(Number(value))) continue;
          yield {
            at,
            message: `${name} is ${value}, but container ${container.name} of ${workload} has port ${ports.join(', ')}`,
            fix: 'Give both the same number.',
            severity: platform.environmentOf(workload.namespace) ? 'error' : 'note',
          };
        }
      }
    }
  },
};
