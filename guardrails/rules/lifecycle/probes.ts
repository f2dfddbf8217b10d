import { PROMISES, WORKLOAD } from '../../annotations.ts';
import { variablesOf } from '../../config-text.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import {
  answeredPaths,
  type Container,
  type ProbeTarget,
  probeFigure,
  probeTarget,
  type Workload,
} from '../../workload.ts';

/** Paths that ask, by their name, whether what the process needs is there. */
const ASKS_OTHERS =
  /(^|[/_-])(ready|readyz|readiness|deps|dependencies|deep|full|db|redis|postgres|database)($|[/_-])/i;
/** A command that asks a server, and how it names another host. */
const ASKS = /\b(?:redis-cli|valkey-cli|pg_isready|mysqladmin|mongosh?|nc|curl|wget)\b/;
const HOST = /(?:\s-h\s+|:\/\/|--host[= ])(?!localhost\b|127\.|\[?::1|"?\$)([\w.-]+)/;

const livenessIgnoresStores: Rule = {
  id: 'liveness-ignores-stores',
  title: 'Liveness asks the process alone, never a store or another service',
  rationale:
    'A restart cannot mend what another pod lacks: when the store is away, every client of it is restarted again and again.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
  *check(platform) {
    for (const workload of platform.workloads) {
      const own = platform.environmentOf(workload.namespace) !== undefined;
      const stores = workload.resource.annotations[WORKLOAD.stores] ?? 'what it depends on';
      for (const container of workload.running) {
        const probe = container.field.at('livenessProbe');
        const path = probeTarget(container, probe)?.path;
        const command = probe
          .at('exec', 'command')
          .items.map(({ text }) => text ?? '')
          .join(' ');
        const asks = ASKS.exec(command);
        const host = asks && HOST.exec(command.slice(asks.index))?.[1];
        if (typeof host === 'string') {
          yield {
            at: probe.at('exec', 'command'),
            message: `liveness of container ${container.name} asks ${host}, another host`,
            fix: 'Ask the process itself, on localhost; whether others answer is for readiness.',
          };
        }
        if (path === undefined || !ASKS_OTHERS.test(path)) continue;
        yield {
          at: probe.at('httpGet', 'path'),
          message: `liveness of container ${container.name} asks ${path}, which tells of ${stores}`,
          fix: 'Let liveness ask a path that tells only whether the process itself works.',
          severity: own ? 'error' : 'note',
        };
      }
    }
  },
};

const livenessIsNotReadiness: Rule = {
  id: 'liveness-is-not-readiness',
  title: 'Liveness and readiness ask different questions',
  rationale:
    'A pod that is only not ready (it drains, or its store is away) is restarted when liveness asks the same: an outage of a store becomes a restart of everything.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.running) {
        const probes = Object.fromEntries(container.probes);
        const live = probes['livenessProbe'] && probeTarget(container, probes['livenessProbe']);
        const ready = probes['readinessProbe'] && probeTarget(container, probes['readinessProbe']);
        if (!live || !ready || live.path === undefined || ready.path === undefined) continue;
        if (live.number !== ready.number || live.path !== ready.path) continue;
        yield {
          at: container.field.at('livenessProbe', 'httpGet'),
          message: `liveness and readiness of container ${container.name} both ask ${live.path} on port ${live.number}`,
          fix: 'Let liveness ask a path that tells only whether the process itself works.',
          severity: platform.environmentOf(workload.namespace) ? 'error' : 'note',
        };
      }
    }
  },
};

/** A port that is given by number need not be declared in a pod, so elsewhere than at home that is only a note. */
const probeTargetExists: Rule = {
  id: 'probe-target-exists',
  title: 'Every probe and hook asks a port and a path that the container answers',
  rationale: 'A probe of nothing fails for ever: the pod is restarted in a loop, or never becomes ready.',
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

const probeTiming: Rule = {
  id: 'probe-timing',
  title: 'A probe times out within its period',
  rationale:
    'A probe that may last longer than its period notices a dead process later than its figures say: a period times its failures no longer is the time to detect.',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const container of workload.containers) {
        for (const [name, probe] of container.probes) {
          const timeout = probeFigure(probe, 'timeoutSeconds');
          const period = probeFigure(probe, 'periodSeconds');
          if (timeout <= period) continue;
          yield {
            at: probe.at('timeoutSeconds'),
            message: `${name} of container ${container.name} may take ${timeout} s, but is due every ${period} s`,
            fix: `Set timeoutSeconds to ${period} at most.`,
            severity: platform.environmentOf(workload.namespace) ? 'error' : 'note',
          };
        }
      }
    }
  },
};

const readinessPresent: Rule = {
  id: 'readiness-present',
  title: 'Where availability is promised, pods behind a Service say when they are ready',
  rationale:
    'Without a readiness probe a pod gets requests from the moment its process exists: every rollout drops some.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#readiness-probe',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      if (!platform.environmentOf(service.namespace)?.promises(PROMISES.availability)) continue;
      for (const workload of platform.selectedBy(service)) {
        if (workload.running.some(({ probes }) => probes.some(([name]) => name === 'readinessProbe'))) continue;
        const at = workload.pod.at('containers', 0);
        yield {
          at,
          message: `has no readiness probe, though ${service} sends it requests`,
          fix: 'Add a readinessProbe.',
        };
      }
    }
  },
};

/** What programs call the port that they listen on; REDIS_PORT and its like name somebody else's. */
const OWN_PORT = /^(PORT|(HTTP|ADMIN|LISTEN|SERVER|METRICS|GRPC|HEALTH|MANAGEMENT)_PORT)$/;

const listensWhereDeclared: Rule = {
  id: 'listens-where-declared',
  title: 'The port that a variable tells a program to listen on is a port of its container',
  rationale: 'Probes and Services go to the declared port, where nobody listens: the pod never becomes ready.',
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

export const probesRules: readonly Rule[] = [
  livenessIgnoresStores,
  livenessIsNotReadiness,
  probeTargetExists,
  probeTiming,
  readinessPresent,
  listensWhereDeclared,
];
