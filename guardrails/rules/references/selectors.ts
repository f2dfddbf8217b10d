import { podCount } from '../../demand.ts';
import type { Field, Resource } from '../../field.ts';
import { missing, missingUnlessBrought, unlessOthersRunPods } from '../../missing.ts';
import { type Platform, repeated } from '../../platform.ts';
import { eachObject, eachWorkload, type Problem, rules } from '../../rule.ts';
import { formatLabels, matchesSelector } from '../../selector.ts';
import type { Workload } from '../../workload.ts';
import { parseImage } from '../security/images.ts';

const SERVICES = 'https://kubernetes.io/docs/concepts/services-networking/service/';
const OWNERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];
const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

export const selectorsRules = rules({
  'service-selects-pods': {
    title: 'Every Service with a selector selects pods',
    rationale: 'It has no endpoints: every connection to it is refused, and nothing else says so.',
    docs: `${SERVICES}#defining-a-service`,
    check: eachObject('Service', function* (service, platform) {
      const at = service.at('spec', 'selector');
      if (at.entries.length === 0 || platform.selectedBy(service).length > 0) return;
      const message = `selects ${formatLabels(at.texts)}, which no pod in namespace ${service.namespace} carries`;
      const fix = 'Give the selector the labels of the pods that it means, or remove the Service.';
      yield unlessOthersRunPods(platform, { at, message, fix });
    }),
  },
  'service-selects-one-workload': {
    title: 'A Service selects the pods of one program',
    rationale: 'Requests go to pods that were never meant to answer them, at random: one in so many fails.',
    docs: `${SERVICES}#defining-a-service`,
    check: eachObject('Service', function* (service, platform) {
      const workloads = platform.selectedBy(service);
      if (workloads.every((workload) => isSameProgram(workload, workloads[0]))) return;
      const message = `selects the pods of ${workloads.map(String).join(' and ')}`;
      const fix = 'Add the label to the selector that tells them apart.';
      yield { at: service.at('spec', 'selector'), message, fix };
    }),
  },
  'service-ports-exist': {
    title: 'Every port of a Service leads to a port of its pods',
    rationale: 'Connections are accepted by nobody: they are refused, or a named port resolves to no endpoint at all.',
    docs: `${SERVICES}#field-spec-ports`,
    check: eachObject('Service', function* (service, platform) {
      const workloads = platform.selectedBy(service);
      for (const port of service.at('spec', 'ports').items) {
        const at = port.at('targetPort').exists ? port.at('targetPort') : port.at('port');
        const protocol = port.at('protocol').text ?? 'TCP';
        const without = workloads.find((workload) => !listens(workload, at, protocol));
        if (!without) continue;
        const ports = without.ports.map(({ name, number }) => name ?? number);
        const message = `leads to port ${at.scalar}, but ${without} has ${ports.join(', ') || 'none'}`;
        // A container may listen where it declares nothing; a name that is not declared leads nowhere.
        const elsewhere = typeof at.value === 'string' ? 'error' : 'note';
        yield { at, message, fix: 'Name a port of the container, with its protocol.', elsewhere };
      }
    }),
  },
  'stateful-set-has-service': {
    title: "Every StatefulSet's governing Service exists, is headless and selects its pods",
    rationale: 'Without it the pods have no host names of their own: replicas and clients that use them find nobody.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id',
    check: eachWorkload(function* (workload, platform) {
      const { kind, namespace, resource: set } = workload;
      const at = set.at('spec', 'serviceName');
      const { text: name = '' } = at;
      if (kind !== 'StatefulSet' || name === '') return;
      const service = platform.find('Service', namespace, name);
      // Without one the pods run all the same: what uses their host names is a finding of its own.
      if (!service) return yield missingUnlessBrought(platform, { at, kind: 'Service', namespace, name });
      const { text: clusterIp } = service.at('spec', 'clusterIP');
      // Of a single pod the Service's own name leads to it.
      if (clusterIp !== 'None' && podCount(platform, workload).ceiling > 1) {
        const message = `${service} is not headless: clusterIP is ${clusterIp ?? 'not set'}`;
        yield { at, message, fix: 'Set clusterIP: None on the Service.', elsewhere: 'note' };
      }
      if (platform.selectedBy(service).some(({ resource }) => resource === set)) return;
      const message = `${service} does not select the pods of ${set}`;
      yield { at, message, fix: "Give the Service's selector the labels of these pods." };
    }),
  },
  'selectors-are-disjoint': {
    title: "No workload selects another's pods",
    rationale: 'Each controller counts the pods of the other as its own and deletes those that are too many.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector',
    check: eachWorkload(function* (workload, platform) {
      if (!OWNERS.includes(workload.kind)) return;
      const like = platform.workloadsLike(workload.namespace, workload.selector.at('matchLabels').texts);
      const taken = like.find((other) => other !== workload && matchesSelector(workload.selector, other.labels));
      const fix = 'Add a label to selector and template that only these pods carry.';
      if (taken) yield { at: workload.selector, message: `selects the pods of ${taken} too`, fix };
    }),
  },
  'budget-selects-pods': {
    title: 'Every disruption budget selects pods, and no pod has two',
    rationale: 'One that selects nothing protects nothing; a pod under two cannot be evicted at all.',
    docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget',
    *check(platform) {
      const taken = new Map<unknown, string>();
      for (const { namespace, name, root } of platform.ofKind('PodDisruptionBudget')) {
        const at = root.at('spec', 'selector');
        const workloads = platform.workloadsIn(namespace).filter((workload) => workload.isSelectedBy(at));
        if (workloads.length === 0) {
          const labels = formatLabels(at.at('matchLabels').texts) || 'by its selector';
          const message = `selects ${labels}, which no pod in namespace ${namespace} carries`;
          const fix = 'Give the selector the labels of the pods that it is to protect, or remove the budget.';
          yield unlessOthersRunPods(platform, { at, message, fix });
        }
        for (const workload of workloads) {
          const other = taken.get(workload);
          const message = `selects the pods of ${workload}, as ${other} does`;
          if (other !== undefined) yield { at, message, fix: 'Keep one budget.' };
          taken.set(workload, name);
        }
      }
    },
  },
  'scale-target-exists': {
    title: 'Every autoscaler has the target that it names, with replicas to scale, and no target has two that disagree',
    rationale: 'Without a target it scales nothing, and only its events say so; two on one undo each other.',
    docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work',
    *check(platform) {
      const scalers = platform.ofKind('HorizontalPodAutoscaler', 'ScaledObject');
      const scaled = scalers
        .map((one) => one.at('spec', 'scaleTargetRef'))
        .filter((ref) => SCALED.includes(kindOf(ref)));
      for (const ref of scaled) yield* lostTarget(platform, ref);
      for (const ref of scalers.map((one) => one.at('spec', 'scaleTargetRef'))) yield* unscalable(platform, ref);
      for (const [ref, first] of repeated(scaled, targetOf)) {
        const message = `${kindOf(ref)} ${ref.at('name').text} is scaled by ${first.resource.name} already`;
        yield { at: ref, message, fix: 'Keep one autoscaler.' };
      }
      for (const resizer of platform.ofKind('VerticalPodAutoscaler')) yield* resized(resizer, scaled);
    },
  },
});

/** KEDA scales a Deployment unless it is told of something else. */
function kindOf(ref: Field): string {
  return ref.at('kind').text ?? (ref.resource.kind === 'ScaledObject' ? 'Deployment' : '');
}

function targetOf(ref: Field): string {
  return `${kindOf(ref)} ${ref.resource.namespace}/${ref.at('name').text}`;
}

/** Kinds whose pods are not counted by anybody, and groups that have served none for years. */
function* unscalable(platform: Platform, ref: Field): Iterable<Problem> {
  const { kind = '', apiVersion = '', name = '' } = ref.texts;
  const at = ref.at('kind');
  if (/^(DaemonSet|Job|CronJob|Pod)$/.test(kind))
    yield {
      at,
      message: `a ${kind} cannot be scaled: it has no replicas`,
      fix: 'Name what has replicas, or remove it.',
    };
  if (/^(extensions|apps)\/v1beta/.test(apiVersion) && !platform.find(kind, ref.resource.namespace, name))
    yield { at: ref.at('apiVersion'), message: `${apiVersion} is no longer served`, fix: 'Write apps/v1.' };
}

/** What is resized by what it uses changes its request, of which the other autoscaler measures the share. */
function* resized(resizer: Resource, scaled: readonly Field[]): Iterable<Problem> {
  const at = resizer.at('spec', 'updatePolicy', 'updateMode');
  const target = targetOf(resizer.at('spec', 'targetRef'));
  const scaler = scaled.find((ref) => targetOf(ref) === target)?.resource;
  if (at.text === 'Off' || scaler?.kind !== 'HorizontalPodAutoscaler') return;
  const metrics = scaler.at('spec', 'metrics').items;
  const measured = metrics.flatMap((metric) => [metric.at('resource'), metric.at('containerResource')]);
  const shares = measured.filter((one) => one.at('target', 'averageUtilization').exists);
  const known = metrics.length === 0 ? ['cpu'] : shares.map((one) => one.at('name').text);
  const shared = sizesOf(resizer).find((size) => known.includes(size));
  if (shared === undefined) return;
  const message = `changes the ${shared} request of ${target}, whose share ${scaler} scales by`;
  yield { at, message, fix: 'Set updateMode: Off, or scale by another metric.' };
}

/** The requests that a VerticalPodAutoscaler changes, of any container. */
function sizesOf(resizer: Resource): readonly string[] {
  const both = ['cpu', 'memory'];
  const policies = resizer.at('spec', 'resourcePolicy', 'containerPolicies').items;
  if (policies.length === 0) return both;
  const active = policies.filter((policy) => policy.at('mode').text !== 'Off');
  return active.flatMap((policy) => {
    const only = policy.at('controlledResources');
    return only.exists ? only.words : both;
  });
}

function* lostTarget(platform: Platform, ref: Field): Iterable<Problem> {
  const { name = '', apiVersion } = ref.texts;
  const [kind, { namespace }] = [kindOf(ref), ref.resource];
  const target = platform.find(kind, namespace, name);
  const namesake = SCALED.map((one) => platform.find(one, namespace, name)).find((one) => one !== undefined);
  if (!target && namesake) {
    const message = `names a ${kind}, but ${name} is a ${namesake.kind}`;
    return yield { at: ref, message, fix: `Set kind: ${namesake.kind}.` };
  }
  if (!target) return yield missing(platform, { at: ref.at('name'), kind, namespace, name });
  if (apiVersion === undefined || apiVersion === target.apiVersion) return;
  const message = `names ${apiVersion} ${kind}, but ${target} is ${target.apiVersion}`;
  yield { at: ref.at('apiVersion'), message, fix: `Set apiVersion: ${target.apiVersion}.` };
}

const NAME = 'app.kubernetes.io/name';
const VERSIONS = /^(version|track|release|color|colour|slot|variant|app\.kubernetes\.io\/(version|instance))$/;
/** What a label of another program (`sidecar.istio.io/inject`) says where it turns something on or off. */
const SWITCHES = /^(true|false|enabled|disabled)$/;

/** A canary or a sibling of the same image serves the same, unless it is called otherwise; a Job never serves. */
function isSameProgram(one: Workload, other: Workload | undefined): boolean {
  if (!other || one === other) return true;
  if (one.labels[NAME] !== other.labels[NAME] || !one.isLongRunning || !other.isLongRunning) return false;
  const [images, others] = [one, other].map(({ running }) =>
    running.map(({ image }) => parseImage(image.text ?? '').repository),
  );
  return isVersionOf(one, other) || (images ?? []).some((image) => others?.includes(image));
}

/** Labels that differ in nothing but the version: what a canary or a blue-green pair looks like. */
function isVersionOf(one: Workload, other: Workload): boolean {
  const keys = new Set([...Object.keys(one.labels), ...Object.keys(other.labels)]);
  const different = [...keys].filter((key) => one.labels[key] !== other.labels[key]);
  const isSwitch = (key: string) => key.includes('/') && SWITCHES.test(one.labels[key] ?? other.labels[key] ?? '');
  const isOfVersion = (key: string) => VERSIONS.test(key);
  return different.some(isOfVersion) && different.every((key) => isOfVersion(key) || isSwitch(key));
}

/** Port numbers of containers are informative: only a pod that lists some is held to its list, but a name must be listed. */
function listens({ ports }: Workload, { value: wanted }: Field, protocol: string): boolean {
  if (typeof wanted !== 'string' && ports.length === 0) return true;
  return ports.some(
    ({ name, number, protocol: own }) => own === protocol && (typeof wanted === 'string' ? name : number) === wanted,
  );
}
