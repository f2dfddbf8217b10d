import { PROMISES, WORKLOAD } from '../../annotations.ts';
import { variablesOf } from '../../config-text.ts';
import type { Field } from '../../field.ts';
import { eachContainer, eachObject, eachRunning, type Problem, rules } from '../../rule.ts';
import { answeredPaths, type Container, probeFigure, probeTarget } from '../../workload.ts';

const PROBES = 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/';
const CONFIGURE =
  'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/';

/** Paths that ask, by their name, whether what the process needs is there. */
const ASKS_OTHERS =
  /(^|[/_-])(ready|readyz|readiness|deps|dependencies|deep|full|db|redis|postgres|database)($|[/_-])/i;
/** A command that asks a server, and how it names another host. */
const ASKS = /\b(?:redis-cli|valkey-cli|pg_isready|mysqladmin|mongosh?|nc|curl|wget)\b/;
const HOST = /(?:\s-h\s+|:\/\/|--host[= ])(?!localhost\b|127\.|\[?::1|"?\$)([\w.-]+)/;
const ASK_ITSELF = 'Let liveness ask a path that tells only whether the process itself works.';

/** What programs call the port that they listen on; REDIS_PORT and its like name somebody else's. */
const OWN_PORT = /^(PORT|(HTTP|ADMIN|LISTEN|SERVER|METRICS|GRPC|HEALTH|MANAGEMENT)_PORT)$/;

export const probesRules = rules({
  'liveness-ignores-stores': {
    title: 'Liveness asks the process alone, never a store or another service',
    rationale: 'A restart does not bring a store back: when it is away, all its clients restart again and again.',
    docs: `${PROBES}#liveness-probe`,
    check: eachRunning(function* (container) {
      const probe = container.field.at('livenessProbe');
      const { path } = probeTarget(container, probe) ?? {};
      const command = probe.at('exec', 'command').words.join(' ');
      const asks = ASKS.exec(command);
      const host = asks && HOST.exec(command.slice(asks.index))?.[1];
      if (typeof host === 'string') {
        const message = `liveness of container ${container.name} asks ${host}, another host`;
        const fix = 'Ask the process itself, on localhost; whether others answer is for readiness.';
        yield { at: probe.at('exec', 'command'), message, fix };
      }
      if (path === undefined || !ASKS_OTHERS.test(path)) return;
      const stores = container.workload.resource.annotations[WORKLOAD.stores] ?? 'what it depends on';
      const message = `liveness of container ${container.name} asks ${path}, which tells of ${stores}`;
      yield { at: probe.at('httpGet', 'path'), message, fix: ASK_ITSELF, elsewhere: 'note' };
    }),
  },
  'liveness-is-not-readiness': {
    title: 'Liveness and readiness ask different questions',
    rationale: 'A pod that is only not ready is then restarted: an outage of a store restarts everything.',
    docs: PROBES,
    elsewhere: 'note',
    check: eachRunning(function* (container) {
      const live = probeTarget(container, container.field.at('livenessProbe'));
      const ready = probeTarget(container, container.field.at('readinessProbe'));
      if (live?.path === undefined || live.path !== ready?.path || live.number !== ready.number) return;
      const message = `liveness and readiness of container ${container.name} both ask ${live.path} on port ${live.number}`;
      yield { at: container.field.at('livenessProbe', 'httpGet'), message, fix: ASK_ITSELF };
    }),
  },
  'probe-target-exists': {
    title: 'Every probe and hook asks a port and a path that the container answers',
    rationale: 'A probe of nothing fails for ever: the pod is restarted in a loop, or never becomes ready.',
    docs: CONFIGURE,
    check: eachContainer(function* (container) {
      const hooks = ['postStart', 'preStop'].map((name) => [name, container.field.at('lifecycle', name)] as const);
      for (const [name, probe] of [...container.probes, ...hooks]) yield* unanswered(container, name, probe);
    }),
  },
  'probe-timing': {
    title: 'A probe times out within its period',
    rationale: 'A probe that may outlast its period notices a dead process later than period and failures say.',
    docs: `${CONFIGURE}#configure-probes`,
    elsewhere: 'note',
    check: eachContainer(function* (container) {
      for (const [name, probe] of container.probes) {
        const [timeout, period] = [probeFigure(probe, 'timeoutSeconds'), probeFigure(probe, 'periodSeconds')];
        if (timeout <= period) continue;
        const message = `${name} of container ${container.name} may take ${timeout} s, but is due every ${period} s`;
        yield { at: probe.at('timeoutSeconds'), message, fix: `Set timeoutSeconds to ${period} at most.` };
      }
    }),
  },
  'readiness-present': {
    title: 'Where availability is promised, pods behind a Service say when they are ready',
    rationale: 'Without a readiness probe a pod gets requests before it listens: every rollout drops some.',
    docs: `${PROBES}#readiness-probe`,
    where: PROMISES.availability,
    check: eachObject('Service', function* (service, platform) {
      for (const { running, pod } of platform.selectedBy(service)) {
        if (running.some(({ field }) => field.at('readinessProbe').exists)) continue;
        const message = `has no readiness probe, though ${service} sends it requests`;
        yield { at: pod.at('containers', 0), message, fix: 'Add a readinessProbe.' };
      }
    }),
  },
  'listens-where-declared': {
    title: 'The port that a variable tells a program to listen on is a port of its container',
    rationale: 'Probes and Services go to the declared port, where nobody listens: the pod never becomes ready.',
    docs: 'https://kubernetes.io/docs/concepts/services-networking/connect-applications-service/',
    elsewhere: 'note',
    check: eachRunning(function* (container, platform) {
      const ports = container.ports.map(({ number }) => number);
      for (const { name, value, at } of ports.length === 0 ? [] : variablesOf(platform, container)) {
        if (!OWN_PORT.test(name) || !/^\d+$/.test(value) || ports.includes(Number(value))) continue;
        const message = `${name} is ${value}, but container ${container.name} of ${container.workload} has port ${ports.join(', ')}`;
        yield { at, message, fix: 'Give both the same number.' };
      }
    }),
  },
});

/** A port that is given by number need not be declared in a pod, so elsewhere than at home that is only a note. */
function* unanswered(container: Container, name: string, probe: Field): Iterable<Problem> {
  const target = probeTarget(container, probe);
  if (!target) return;
  const { port: at, number, path } = target;
  const { ports, workload } = container;
  const described = ports.map((one) => `${one.name ?? '(unnamed)'} ${one.number}`).join(', ') || 'none';
  const isUnknownName = at.text !== undefined && number === undefined;
  const isUndeclared = at.number !== undefined && ports.length > 0 && !ports.some((one) => one.number === at.number);
  if (isUnknownName || isUndeclared) {
    const message = `${name} asks port ${at.scalar}, but the ports of container ${container.name} are ${described}`;
    yield isUnknownName
      ? { at, message, fix: 'Name one of its ports.' }
      : { at, message, fix: 'Ask one of its ports, or declare this one.', elsewhere: 'note' };
  }
  const answered = answeredPaths(workload, number);
  if (path === undefined || answered === undefined || answered.includes(path.split('?')[0] ?? '')) return;
  const message = `${name} asks ${path} on port ${number}, where ${workload} answers ${answered.join(', ') || 'nothing'}`;
  yield { at: probe.at('httpGet', 'path'), message, fix: 'Ask a path that it answers.' };
}
