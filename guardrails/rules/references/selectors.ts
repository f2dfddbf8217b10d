import type { Field } from '../../field.ts';
import { missing, unlessOthersRunPods } from '../../missing.ts';
import type { Rule } from '../../rule.ts';
import { formatLabels, matchesSelector } from '../../selector.ts';
import type { Workload } from '../../workload.ts';
import { parseImage } from '../security/images.ts';

/** A Service without a selector is left alone: somebody else writes its endpoints. */
const serviceSelectsPods: Rule = {
  id: 'service-selects-pods',
  title: 'Every Service with a selector selects pods',
  rationale:
    'A Service that selects nothing has no endpoints: every connection to it is refused, and nothing else says so.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      const selector = service.at('spec', 'selector');
      if (selector.entries.length === 0 || platform.selectedBy(service).length > 0) continue;
      yield unlessOthersRunPods(platform, {
        at: selector,
        message: `selects ${formatLabels(selector.texts)}, which no pod in namespace ${service.namespace} carries`,
        fix: 'Give the selector the labels of the pods that it means, or remove the Service.',
      });
    }
  },
};

const serviceSelectsOneWorkload: Rule = {
  id: 'service-selects-one-workload',
  title: 'A Service selects the pods of one program',
  rationale: 'Requests go to pods that were never meant to answer them, at random: one in so many fails.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      const workloads = platform.selectedBy(service);
      const stray = workloads.find((workload) => !isSameProgram(workload, workloads[0]));
      if (!stray) continue;
      yield {
        at: service.at('spec', 'selector'),
        message: `selects the pods of ${workloads.map(String).join(' and ')}`,
        fix: 'Add the label to the selector that tells them apart.',
      };
    }
  },
};

const NAME = 'app.kubernetes.io/name';

/** A canary or a sibling of the same image serves the same, unless it is called otherwise; a Job never serves. */
function isSameProgram(one: Workload, other: Workload | undefined): boolean {
  if (!other || one === other) return true;
  if (one.labels[NAME] !== other.labels[NAME]) return false;
  if (!one.isLongRunning || !other.isLongRunning) return false;
  const [images, others] = [one, other].map(({ running }) =>
    running.map(({ image }) => parseImage(image.text ?? '').repository),
  );
  return isVersionOf(one, other) || (images ?? []).some((image) => others?.includes(image));
}

const VERSIONS = /^(version|track|release|color|colour|slot|variant|app\.kubernetes\.io\/(version|instance))$/;

/** Labels that differ in nothing but the version: what a canary or a blue-green pair looks like. */
function isVersionOf(one: Workload, other: Workload): boolean {
  const keys = new Set([...Object.keys(one.labels), ...Object.keys(other.labels)]);
  const different = [...keys].filter((key) => one.labels[key] !== other.labels[key]);
  return different.length > 0 && different.every((key) => VERSIONS.test(key));
}

const servicePortsExist: Rule = {
  id: 'service-ports-exist',
  title: 'Every port of a Service leads to a port of its pods',
  rationale: 'Connections are accepted by nobody: they are refused, or a named port resolves to no endpoint at all.',
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

const statefulSetHasService: Rule = {
  id: 'stateful-set-has-service',
  title: "Every StatefulSet's governing Service exists, is headless and selects its pods",
  rationale:
    'Without it the pods have no host names of their own, and replicas, sentinels and clients that use them find nobody.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id',
  *check(platform) {
    for (const set of platform.ofKind('StatefulSet')) {
      const at = set.at('spec', 'serviceName');
      if (at.text === undefined || at.text === '') continue;
      const service = platform.find('Service', set.namespace, at.text);
      if (!service) {
        yield missing(platform, { at, kind: 'Service', namespace: set.namespace, name: at.text });
        continue;
      }
      const clusterIp = service.at('spec', 'clusterIP');
      if (clusterIp.text !== 'None') {
        yield {
          at,
          message: `${service} is not headless: clusterIP is ${clusterIp.text ?? 'not set'}`,
          fix: 'Set clusterIP: None on the Service.',
          severity: platform.environmentOf(set.namespace) ? 'error' : 'note',
        };
      }
      if (!platform.selectedBy(service).some(({ resource }) => resource === set)) {
        yield {
          at,
          message: `${service} does not select the pods of ${set}`,
          fix: "Give the Service's selector the labels of these pods.",
        };
      }
    }
  },
};

const OWNERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

const selectorsAreDisjoint: Rule = {
  id: 'selectors-are-disjoint',
  title: "No workload selects another's pods",
  rationale:
    'Each controller counts the other\'s pods as its own and deletes "surplus" ones; autoscalers and budgets count them too.',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!OWNERS.includes(workload.kind)) continue;
      const like = platform.workloadsLike(workload.namespace, workload.selector.at('matchLabels').texts);
      const taken = like.find((other) => other !== workload && matchesSelector(workload.selector, other.labels));
      if (!taken) continue;
      yield {
        at: workload.selector,
        message: `selects the pods of ${taken} too`,
        fix: 'Add a label to selector and template that only these pods carry.',
      };
    }
  },
};

const budgetSelectsPods: Rule = {
  id: 'budget-selects-pods',
  title: 'Every disruption budget selects pods, and no pod has two',
  rationale:
    'A budget that selects nothing protects nothing; a pod under two budgets cannot be evicted at all, so its node cannot be drained.',
  docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget',
  *check(platform) {
    const taken = new Map<unknown, string>();
    for (const budget of platform.ofKind('PodDisruptionBudget')) {
      const selector = budget.at('spec', 'selector');
      const workloads = platform.workloadsIn(budget.namespace).filter((workload) => workload.isSelectedBy(selector));
      if (workloads.length === 0) {
        const labels = formatLabels(selector.at('matchLabels').texts);
        yield unlessOthersRunPods(platform, {
          at: selector,
          message: `selects ${labels || 'by its selector'}, which no pod in namespace ${budget.namespace} carries`,
          fix: 'Give the selector the labels of the pods that it is to protect, or remove the budget.',
        });
      }
      for (const workload of workloads) {
        const other = taken.get(workload);
        if (other !== undefined)
          yield { at: selector, message: `selects the pods of ${workload}, as ${other} does`, fix: 'Keep one budget.' };
        taken.set(workload, budget.name);
      }
    }
  },
};

const KINDS = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

const scaleTargetExists: Rule = {
  id: 'scale-target-exists',
  title: 'Every autoscaler has the target that it names, and no target has two',
  rationale:
    'An autoscaler without a target scales nothing and says so only in its events; two on one target undo each other.',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work',
  *check(platform) {
    const taken = new Map<string, string>();
    for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
      const ref = autoscaler.at('spec', 'scaleTargetRef');
      const [kind, name, apiVersion] = [
        ref.at('kind').text ?? '',
        ref.at('name').text ?? '',
        ref.at('apiVersion').text,
      ];
      if (!KINDS.includes(kind)) continue;
      const { namespace } = autoscaler;
      const target = platform.find(kind, namespace, name);
      if (!target) yield missing(platform, { at: ref.at('name'), kind, namespace, name });
      else if (apiVersion !== undefined && apiVersion !== target.apiVersion) {
        yield {
          at: ref.at('apiVersion'),
          message: `names ${apiVersion} ${kind}, but ${target} is ${target.apiVersion}`,
          fix: `Set apiVersion: ${target.apiVersion}.`,
        };
      }
      const key = `${namespace}/${kind}/${name}`;
      const other = taken.get(key);
      if (other !== undefined)
        yield { at: ref, message: `${kind} ${name} is scaled by ${other} already`, fix: 'Keep one autoscaler.' };
      taken.set(key, autoscaler.name);
    }
  },
};

export const selectorsRules: readonly Rule[] = [
  serviceSelectsPods,
  serviceSelectsOneWorkload,
  servicePortsExist,
  statefulSetHasService,
  selectorsAreDisjoint,
  budgetSelectsPods,
  scaleTargetExists,
];
