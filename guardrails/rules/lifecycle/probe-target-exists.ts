import type { Container } from '../../container.ts';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import { answeredPaths, type ProbeTarget, probeTarget } from '../../probes.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

/** A port that is given by number need not be declared in a pod, so elsewhere than at home that is only a note. */
export const probeTargetExists: Rule = {
  id: 'probe-target-exists',
  title: 'Every probe and hook asks a port and a path that the container answers',
  rationale: 'A probe of nothing fails for ever: the pod is restarted in a loop, or never becomes ready.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.containers) {
        const hooks = (['postStart', 'preStop'] as const).map(
          (name) => [name, container.field.at('lifecycle', name)] as const,
        );
        for (const [name, probe] of [...container.probes, ...hooks]) {
          yield* judge(platform, workload, container, { name, probe });
        }
      }
    }
  },
};

interface Named {
  readonly name: string;
  readonly probe: Field;
}

function* judge(
  platform: Platform,
  workload: Workload,
  container: Container,
  { name, probe }: Named,
): Iterable<Problem> {
  const target = probeTarget(container, probe);
  if (!target) return;
  yield* portOf(platform, workload, container, target, name);
  const { path, number } = target;
  const answered = answeredPaths(workload, number);
  if (path === undefined || answered === undefined || answered.includes(path.split('?')[0] ?? '')) return;
  yield {
    at: probe.at('httpGet', 'path'),
    message: `${name} asks ${path} on port ${number}, where ${workload} answers ${answered.join(', ') || 'nothing'}`,
    fix: 'Ask a path that it answers.',
  };
}

function* portOf(
  platform: Platform,
  workload: Workload,
  container: Container,
  target: ProbeTarget,
  name: string,
): Iterable<Problem> {
  const { port } = target;
  const known = container.ports;
  const described = known.map((one) => `${one.name ?? '(unnamed)'} ${one.number}`).join(', ') || 'none';
  if (port.text !== undefined && target.number === undefined) {
    yield {
      at: port,
      message: `${name} asks port ${port.text}, but the ports of container ${container.name} are ${described}`,
      fix: 'Name one of its ports.',
    };
  } else if (port.number !== undefined && known.length > 0 && !known.some(({ number }) => number === port.number)) {
    yield {
      at: port,
      message: `${name} asks port ${port.number}, but the ports of container ${container.name} are ${described}`,
      fix: 'Ask one of its ports, or declare this one.',
      severity: platform.environmentOf(workload.namespace) ? 'error' : 'note',
    };
  }
}
