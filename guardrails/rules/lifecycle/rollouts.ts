import { isDeepStrictEqual } from 'node:util';
import { variablesOf } from '../../config-text.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { drainSeconds, graceSeconds, preStopSeconds } from '../../scaling.ts';
import type { Workload } from '../../workload.ts';
import { podReferences } from '../references/pod-references.ts';

function isOwn(platform: Platform, { namespace }: { readonly namespace: string }): boolean {
  return platform.environmentOf(namespace) !== undefined;
}

const membersStartTogether: Rule = {
  id: 'members-start-together',
  title: 'Members of a group that find each other before they are ready start together',
  rationale:
    'OrderedReady starts the next only when the one before is ready: after the loss of all, the first waits for the others for ever.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#parallel-pod-management',
  *check(platform) {
    for (const workload of platform.workloads) {
      const { resource, namespace, replicas = 1 } = workload;
      const service = platform.find('Service', namespace, resource.at('spec', 'serviceName').text ?? '');
      const findsUnready = service?.at('spec', 'publishNotReadyAddresses').flag === true;
      const policy = resource.at('spec', 'podManagementPolicy');
      if (workload.kind !== 'StatefulSet' || replicas < 2 || !findsUnready || policy.text === 'Parallel') continue;
      yield {
        at: policy,
        message: `starts its ${replicas} members one after the other, but ${service} lets them find each other before they are ready`,
        fix: 'Set podManagementPolicy: Parallel (of an existing StatefulSet only by making it anew).',
        severity: isOwn(platform, workload) ? 'error' : 'note',
      };
    }
  },
};

const DRAIN = /(^|_)(DRAIN|LAME_?DUCK|SHUTDOWN_DELAY|PRE_?STOP)(_|$)/i;

const drainsBeforeStopping: Rule = {
  id: 'drains-before-stopping',
  title: 'What a Service sends to goes on serving for a while after SIGTERM',
  rationale:
    'The load balancer learns seconds later that the pod is going: until then it sends requests that are refused.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  *check(platform) {
    const serving = new Set(platform.ofKind('Service').flatMap((service) => platform.selectedBy(service)));
    for (const workload of serving) {
      for (const container of workload.running) {
        if (container.field.at('lifecycle', 'preStop').exists) continue;
        const none = variablesOf(platform, workload, container).find(
          ({ name, value }) => DRAIN.test(name) && /^0+(\.0+)?(ms|s|m)?$/.test(value),
        );
        if (!none) continue;
        yield {
          at: none.at,
          message: `${none.name} is ${none.value}: container ${container.name} of ${workload} stops at once`,
          fix: 'Let it drain for longer than the endpoints take to change, 5 to 15 seconds.',
        };
      }
    }
  },
};

const livenessIsPatient: Rule = {
  id: 'liveness-is-patient',
  title: 'Liveness forgives more than one slow answer',
  rationale:
    'One garbage collection or one busy node is then a restart, and a restart under load takes the next pod with it.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
  *check(platform) {
    for (const { running } of platform.workloads) {
      for (const { field, name } of running) {
        const probe = field.at('livenessProbe');
        const [failures, timeout, period] = ['failureThreshold', 'timeoutSeconds', 'periodSeconds'].map(
          (key) => probe.at(key).number,
        );
        const patience = ((failures ?? 3) - 1) * (period ?? 10) + (timeout ?? 1);
        if (!probe.exists || (failures ?? 3) > 1 || patience > 2) continue;
        yield {
          at: probe.at('failureThreshold'),
          message: `container ${name} is restarted after ${patience} s without an answer`,
          fix: 'Allow three failures, and a timeout above the longest pause of the program.',
        };
      }
    }
  },
};

/** A sidecar or a switch by which a program reads its files anew. */
const RELOADS = /reload|watch-config|config-sync|k8s-sidecar/i;

const configRollsOut: Rule = {
  id: 'config-rolls-out',
  title: 'A change of configuration rolls its pods',
  rationale:
    'Pods read it when they next restart, one by one and weeks later: two configurations at once, and nobody remembers the change.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically',
  *check(platform) {
    for (const workload of platform.workloads) {
      const { kind, namespace, name, resource, template } = workload;
      const before = platform.previous?.workload(kind, namespace, name);
      if (
        !before ||
        !isDeepStrictEqual(before.template.value, template.value) ||
        RELOADS.test(JSON.stringify([template.value, resource.annotations]))
      )
        continue;
      const changed = [...podReferences(workload)].find(
        (one) => one.kind === 'ConfigMap' && hasChanged(platform, namespace, one.name),
      );
      if (!changed) continue;
      yield {
        at: changed.at,
        message: `ConfigMap ${changed.name} changes, and the pod template of ${workload} does not`,
        fix: 'Put a checksum of the configuration into an annotation of the template, or the checksum into its name.',
        severity: isOwn(platform, workload) ? 'error' : 'note',
      };
    }
  },
};

function hasChanged(platform: Platform, namespace: string, name: string): boolean {
  const [old, now] = [platform.previous, platform].map((one) => one?.find('ConfigMap', namespace, name));
  return old !== undefined && now !== undefined && !isDeepStrictEqual(old.at('data').value, now.at('data').value);
}

/** Names and images of what runs beside a program and never ends by itself. */
const SIDECAR =
  /(^|[-/_])(proxy|sidecar|envoy|istio|linkerd|agent|fluent-?bit|fluentd|filebeat|exporter|otel|collector|tailer|cloud-?sql)([-:/_@]|$)/i;

const jobsEnd: Rule = {
  id: 'jobs-end',
  title: 'A Job ends when its program ends',
  rationale:
    'A sidecar among the containers runs on: the Job never completes, and a CronJob that forbids overlap never runs again.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#sidecar-containers-and-jobs',
  *check(platform) {
    for (const workload of platform.workloads) {
      const main = workload.containers.filter(({ role }) => role === 'main');
      if (workload.isLongRunning || main.length < 2) continue;
      const sidecar = main.find(({ name, image }) => SIDECAR.test(name) || SIDECAR.test(image.text ?? ''));
      if (!sidecar) continue;
      yield {
        at: sidecar.field,
        message: `container ${sidecar.name} runs beside the program and does not end with it`,
        fix: 'Make it an init container with restartPolicy: Always.',
        severity: isOwn(platform, workload) ? 'error' : 'warning',
      };
    }
  },
};

const WAITS =
  /\b(?:nslookup|getent hosts|nc -\w{1,6}|wait-for(?:-it)?(?:\.sh)?|pg_isready -h|redis-cli -h|mysqladmin -h|ping -c ?\d)\s+([a-z][a-z0-9.-]{0,252})/g;

const initWaitsForSomething: Rule = {
  id: 'init-waits-for-something',
  title: 'What an init container waits for is a Service that exists',
  rationale: 'It waits for ever: the pod never starts, and nothing but its log says why.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/init-containers/',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const { field, name } of workload.containers.filter(({ role }) => role === 'init')) {
        for (const at of [...field.at('command').items, ...field.at('args').items]) {
          const words = [...(at.text ?? '').matchAll(WAITS)].map(([, host = '']) => host);
          const list = at.path.at(-1) === 0 ? [] : words;
          const ghost = list.find((host) => isMissing(platform, workload, host));
          if (ghost === undefined) continue;
          yield {
            at,
            message: `init container ${name} waits for ${ghost}, a Service that does not exist`,
            fix: 'Name a Service that exists, or take the container away.',
          };
        }
      }
    }
  },
};

/** A short name, or one that says it is of the cluster, of a namespace whose Services are given. */
function isMissing(platform: Platform, workload: Workload, host: string): boolean {
  const [service = '', namespace = workload.namespace, svc] = host.split('.');
  if (service === 'localhost' || (svc !== undefined && svc !== 'svc')) return false;
  const given =
    platform.ofKind('Service').some((one) => one.namespace === namespace) ||
    platform.environmentOf(namespace) !== undefined;
  return given && platform.find('Service', namespace, service) === undefined;
}

const stopsWithinGrace: Rule = {
  id: 'stops-within-grace',
  title: "A pod's preStop hook and drain end before its grace period",
  rationale:
    'The grace period counts from the start of the preStop hook; when it is over the process is killed with its requests in flight.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  *check(platform) {
    for (const workload of platform.workloads) {
      const grace = graceSeconds(workload);
      const drain = drainSeconds(workload) ?? 0;
      for (const container of workload.running) {
        const hook = preStopSeconds(container);
        if (hook + drain === 0 || hook + drain < grace) continue;
        const sum =
          hook > 0 && drain > 0
            ? `preStop ${hook} s + drain ${drain} s = ${hook + drain} s`
            : hook > 0
              ? `preStop ${hook} s`
              : `drain ${drain} s`;
        yield {
          at: workload.pod.at('terminationGracePeriodSeconds'),
          message: `${sum} of container ${container.name} does not end within the grace period of ${grace} s`,
          fix: `Set terminationGracePeriodSeconds above ${hook + drain}, or shorten the hook or the drain.`,
        };
      }
    }
  },
};

export const rolloutsRules: readonly Rule[] = [
  membersStartTogether,
  drainsBeforeStopping,
  livenessIsPatient,
  configRollsOut,
  jobsEnd,
  initWaitsForSomething,
  stopsWithinGrace,
];
