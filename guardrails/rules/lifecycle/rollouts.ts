import { isDeepStrictEqual } from 'node:util';
import { variablesOf } from '../../config-text.ts';
import type { Platform } from '../../platform.ts';
import { eachContainer, eachRunning, eachWorkload, rules } from '../../rule.ts';
import { drainSeconds, graceSeconds, preStopSeconds } from '../../scaling.ts';
import { probeFigure, type Workload } from '../../workload.ts';
import { podReferences } from '../references/pod-references.ts';

const TERMINATION = 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination';

const DRAIN = /(^|_)(DRAIN|LAME_?DUCK|SHUTDOWN_DELAY|PRE_?STOP)(_|$)/i;
/** A sidecar or a switch by which a program reads its files anew. */
const RELOADS = /reload|watch-config|config-sync|k8s-sidecar/i;
/** Names and images of what runs beside a program and never ends by itself. */
const SIDECAR =
  /(^|[-/_])(proxy|sidecar|envoy|istio|linkerd|agent|fluent-?bit|fluentd|filebeat|exporter|otel|collector|tailer|cloud-?sql)([-:/_@]|$)/i;
const WAITS =
  /\b(?:nslookup|getent hosts|nc -\w{1,6}|wait-for(?:-it)?(?:\.sh)?|pg_isready -h|redis-cli -h|mysqladmin -h|ping -c ?\d)\s+([a-z][a-z0-9.-]{0,252})/g;

export const rolloutsRules = rules({
  'members-start-together': {
    title: 'Members of a group that find each other before they are ready start together',
    rationale: 'One after the other, each waits until the one before is ready: the first then waits for ever.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#parallel-pod-management',
    elsewhere: 'note',
    check: eachWorkload(function* ({ kind, resource, namespace, replicas = 1 }, platform) {
      const service = platform.find('Service', namespace, resource.at('spec', 'serviceName').text ?? '');
      const findsUnready = service?.at('spec', 'publishNotReadyAddresses').flag === true;
      const at = resource.at('spec', 'podManagementPolicy');
      if (kind !== 'StatefulSet' || replicas < 2 || !findsUnready || at.text === 'Parallel') return;
      const message = `starts its ${replicas} members one after the other, but ${service} lets them find each other before they are ready`;
      const fix = 'Set podManagementPolicy: Parallel (of an existing StatefulSet only by making it anew).';
      yield { at, message, fix };
    }),
  },
  'drains-before-stopping': {
    title: 'What a Service sends to goes on serving for a while after SIGTERM',
    rationale: 'The load balancer learns of it seconds later: until then it sends requests that are refused.',
    docs: TERMINATION,
    *check(platform) {
      const serving = new Set(platform.ofKind('Service').flatMap((service) => platform.selectedBy(service)));
      for (const container of [...serving].flatMap(({ running }) => running)) {
        const none = variablesOf(platform, container).find(
          ({ name, value }) => DRAIN.test(name) && /^0+(\.0+)?(ms|s|m)?$/.test(value),
        );
        if (!none || container.field.at('lifecycle', 'preStop').exists) continue;
        const message = `${none.name} is ${none.value}: container ${container.name} of ${container.workload} stops at once`;
        const fix = 'Let it drain for longer than the endpoints take to change, 5 to 15 seconds.';
        yield { at: none.at, message, fix };
      }
    },
  },
  'liveness-is-patient': {
    title: 'Liveness forgives more than one slow answer',
    rationale: 'One garbage collection is then a restart, and under load it takes the next pod with it.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
    check: eachRunning(function* ({ field, name }) {
      const probe = field.at('livenessProbe');
      const failures = probeFigure(probe, 'failureThreshold');
      const patience = (failures - 1) * probeFigure(probe, 'periodSeconds') + probeFigure(probe, 'timeoutSeconds');
      if (!probe.exists || failures > 1 || patience > 2) return;
      const message = `container ${name} is restarted after ${patience} s without an answer`;
      const fix = 'Allow three failures, and a timeout above the longest pause of the program.';
      yield { at: probe.at('failureThreshold'), message, fix };
    }),
  },
  'config-rolls-out': {
    title: 'A change of configuration rolls its pods',
    rationale: 'Pods read it when they next restart, weeks later and one by one: two configurations at once.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically',
    elsewhere: 'note',
    check: eachWorkload(function* (workload, platform) {
      const { kind, namespace, name, resource, template } = workload;
      const before = platform.previous?.workload(kind, namespace, name);
      const isSame = before && isDeepStrictEqual(before.template.value, template.value);
      if (!isSame || RELOADS.test(JSON.stringify([template.value, resource.annotations]))) return;
      const changed = [...podReferences(workload)].find(
        (one) => one.kind === 'ConfigMap' && hasChanged(platform, namespace, one.name),
      );
      if (!changed) return;
      const message = `ConfigMap ${changed.name} changes, and the pod template of ${workload} does not`;
      const fix =
        'Put a checksum of the configuration into an annotation of the template, or the checksum into its name.';
      yield { at: changed.at, message, fix };
    }),
  },
  'jobs-end': {
    title: 'A Job ends when its program ends',
    rationale: 'A sidecar among the containers runs on: the Job never completes, and a CronJob never runs again.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-jobs',
    elsewhere: 'warning',
    check: eachWorkload(function* ({ containers, isLongRunning }) {
      const main = containers.filter(({ role }) => role === 'main');
      const sidecar = main.find(({ name, image }) => SIDECAR.test(name) || SIDECAR.test(image.text ?? ''));
      if (isLongRunning || !sidecar || main.length < 2) return;
      const message = `container ${sidecar.name} runs beside the program and does not end with it`;
      yield { at: sidecar.field, message, fix: 'Make it an init container with restartPolicy: Always.' };
    }),
  },
  'init-waits-for-something': {
    title: 'What an init container waits for is a Service that exists',
    rationale: 'It waits for ever: the pod never starts, and nothing but its log says why.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/pods/init-containers/',
    check: eachContainer(function* ({ field, name, role, workload }, platform) {
      for (const at of role === 'init' ? [...field.at('command').items, ...field.at('args').items] : []) {
        const hosts = [...(at.text ?? '').matchAll(WAITS)].map(([, host = '']) => host);
        const ghost = hosts.find((host) => at.path.at(-1) !== 0 && isMissing(platform, workload, host));
        if (ghost === undefined) continue;
        const message = `init container ${name} waits for ${ghost}, a Service that does not exist`;
        yield { at, message, fix: 'Name a Service that exists, or take the container away.' };
      }
    }),
  },
  'stops-within-grace': {
    title: "A pod's preStop hook and drain end before its grace period",
    rationale: 'It counts from the start of the hook; after it the process is killed with requests in flight.',
    docs: TERMINATION,
    check: eachRunning(function* (container) {
      const { workload, name } = container;
      const [hook, drain, grace] = [preStopSeconds(container), drainSeconds(workload) ?? 0, graceSeconds(workload)];
      if (hook + drain === 0 || hook + drain < grace) return;
      const parts = [hook > 0 ? `preStop ${hook} s` : '', drain > 0 ? `drain ${drain} s` : ''].filter(Boolean);
      const sum = parts.length > 1 ? `${parts.join(' + ')} = ${hook + drain} s` : parts.join('');
      const message = `${sum} of container ${name} does not end within the grace period of ${grace} s`;
      const fix = `Set terminationGracePeriodSeconds above ${hook + drain}, or shorten the hook or the drain.`;
      yield { at: workload.pod.at('terminationGracePeriodSeconds'), message, fix };
    }),
  },
});

function hasChanged(platform: Platform, namespace: string, name: string): boolean {
  const [old, now] = [platform.previous, platform].map((one) => one?.find('ConfigMap', namespace, name));
  return old !== undefined && now !== undefined && !isDeepStrictEqual(old.at('data').value, now.at('data').value);
}

/** A short name, or one that says it is of the cluster, of a namespace whose Services are given. */
function isMissing(platform: Platform, workload: Workload, host: string): boolean {
  const [service = '', namespace = workload.namespace, svc] = host.split('.');
  if (service === 'localhost' || (svc !== undefined && svc !== 'svc')) return false;
  const isGiven = platform.environmentOf(namespace) || platform.inNamespace('Service', namespace).length > 0;
  return Boolean(isGiven) && platform.find('Service', namespace, service) === undefined;
}
