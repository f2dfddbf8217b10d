import { PROMISES } from '../../annotations.ts';
import type { Field } from '../../field.ts';
import { NAMESPACE_NAME } from '../../network/policy.ts';
import type { Platform } from '../../platform.ts';
import { eachObject, eachWorkload, type Problem, rules } from '../../rule.ts';
import { matchesSelector } from '../../selector.ts';

/** Above this, only what the cluster itself needs; user classes end at a billion. */
const HIGH_PRIORITY = 1_000_000;
const ZONE = /^(topology|failure-domain\.beta)\.kubernetes\.io\/zone$/;
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';
const CASCADE = 'resources-finalizer.argocd.argoproj.io';

export const objectHazardsRules = rules({
  'missed-starts-end': {
    title: 'A CronJob that runs every minute has a deadline for its starts, and none has one that is too short',
    rationale:
      'After a hundred missed starts the controller gives up, and the job never runs again; it may never run with a deadline below 10 s.',
    elsewhere: 'warning',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline',
    check: eachObject('CronJob', function* (job) {
      const deadline = job.at('spec', 'startingDeadlineSeconds');
      if ((deadline.number ?? 10) < 10) {
        const message = `must start within ${deadline.number} s, but the controller looks every 10 s`;
        yield { at: deadline, message, fix: 'Set startingDeadlineSeconds to 10 at least, such as 120.' };
      }
      const at = job.at('spec', 'schedule');
      const [minute, hour] = (at.text ?? '').trim().split(/\s+/);
      const isEachMinute = /^\*(\/[1-4])?$/.test(minute ?? '') && hour === '*';
      if (!isEachMinute || deadline.exists) return;
      const message = `runs at ${minute} of every hour and has no startingDeadlineSeconds`;
      yield { at, message, fix: 'Set startingDeadlineSeconds, such as 120.' };
    }),
  },
  'volumes-follow-pods': {
    title: 'Where pods must spread over zones, their volumes are made where the pods are',
    rationale: 'A volume that is made at once lands in any zone, and the pod that needs another can never be placed.',
    docs: 'https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode',
    check: eachWorkload(function* ({ pod, resource }, platform) {
      const spread = pod.at('topologySpreadConstraints').items;
      const hard = spread.filter((one) => one.at('whenUnsatisfiable').text === 'DoNotSchedule');
      const apart = pod.at('affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution').items;
      if (![...hard, ...apart].some((one) => ZONE.test(one.at('topologyKey').text ?? ''))) return;
      for (const at of resource.all('spec', 'volumeClaimTemplates', '*', 'spec', 'storageClassName')) {
        const found = storageClass(platform, at.text);
        if (!found || found.at('volumeBindingMode').text === 'WaitForFirstConsumer') continue;
        const message = `${found} makes its volumes at once, but these pods must spread over zones`;
        yield { at, message, fix: 'Set volumeBindingMode: WaitForFirstConsumer on the class.' };
      }
    }),
  },
  'default-priority-is-low': {
    title: 'The priority that pods get without asking is low',
    rationale: 'Every pod without a class then evicts those that were given one with care.',
    docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass',
    check: eachObject('PriorityClass', function* (one) {
      const at = one.at('value');
      if (one.at('globalDefault').flag !== true || (at.number ?? 0) < HIGH_PRIORITY) return;
      const message = `is the default of the whole cluster, with the value ${at.number}`;
      yield { at, message, fix: 'Set globalDefault: false, or a value near 0.' };
    }),
  },
  'broken-pods-leave': {
    title: 'Where availability is promised, a disruption budget lets broken pods be evicted',
    rationale: 'A pod that is not ready counts too: it blocks the drain of its node until it is deleted.',
    docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy',
    where: PROMISES.availability,
    check: eachObject('PodDisruptionBudget', function* (budget) {
      const at = budget.at('spec', 'unhealthyPodEvictionPolicy');
      const message = `is ${at.text ?? 'IfHealthyBudget, the default'}: a broken pod blocks the drain`;
      if (at.text !== 'AlwaysAllow') yield { at, message, fix: 'Set unhealthyPodEvictionPolicy: AlwaysAllow.' };
    }),
  },
  'webhooks-let-the-cluster-live': {
    title: 'A webhook that fails closed leaves out the namespace that it runs in, or is narrow',
    rationale: 'When its pods are gone, the server asks it whether they may come back: nothing is created any more.',
    docs: 'https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/',
    *check(platform) {
      const configurations = platform.ofKind('ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration');
      for (const webhook of configurations.flatMap((one) => one.at('webhooks').items)) yield* closed(platform, webhook);
    },
  },
  'production-is-not-pruned': {
    title: 'Nothing deletes production or its data by a slip in git',
    rationale: 'The cascade deletes every object with its Application; pruning deletes a claim, and the data with it.',
    docs: 'https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/',
    *check(platform) {
      for (const application of platform.ofKind('Application')) {
        const at = application.at('metadata', 'finalizers').items.find(({ text }) => text?.startsWith(CASCADE));
        const target = application.at('spec', 'destination', 'namespace').text ?? '';
        if (!at || !platform.environmentOf(target)?.promises(PROMISES.availability)) continue;
        const message = `deletes all of ${target}, where availability is promised, with the Application`;
        yield { at, message, fix: 'Remove the finalizer.' };
      }
      yield* prunedClaims(platform);
    },
  },
});

function storageClass(platform: Platform, name: string | undefined) {
  const classes = platform.ofKind('StorageClass');
  const isDefault = 'storageclass.kubernetes.io/is-default-class';
  return classes.find((one) => (name === undefined ? one.annotations[isDefault] === 'true' : one.name === name));
}

function takes(rule: Field, group: string, resources: string, operation: string): boolean {
  const has = (key: string, wanted: string) =>
    rule.at(key).words.some((word) => (word === '*' && wanted !== 'leases') || wanted.split(' ').includes(word));
  // What is in no namespace are neither pods nor leases.
  const isOfNamespaces = rule.at('scope').text !== 'Cluster';
  return isOfNamespaces && has('apiGroups', group) && has('resources', resources) && has('operations', operation);
}

/** A webhook that fails closed on what it needs itself, or the nodes. */
function* closed(platform: Platform, webhook: Field): Iterable<Problem> {
  const at = webhook.at('failurePolicy');
  const isNarrow = webhook.at('objectSelector').entries.length > 0 || webhook.at('matchConditions').items.length > 0;
  const all = webhook.at('namespaceSelector').entries.length === 0;
  const own = webhook.at('clientConfig', 'service', 'namespace').text ?? '';
  if ((at.text ?? 'Fail') !== 'Fail' || isNarrow) return;
  const some = (...what: readonly [group: string, resources: string, operation: string]) =>
    webhook.at('rules').items.some((rule) => takes(rule, ...what));
  const isAll = all && some('', '*/*', 'CREATE');
  const leases = all ? 'leases */*' : 'leases';
  const takesLeases = some('coordination.k8s.io', leases, 'UPDATE') && reaches(webhook, 'kube-node-lease');
  const stopsItself = isServedHere(platform, webhook) && some('', 'pods */*', 'CREATE') && reaches(webhook, own);
  if (!isAll && !takesLeases && !stopsItself) return;
  const what = isAll ? 'everything' : takesLeases ? 'the leases by which nodes live' : 'pods';
  const where = all ? 'in every namespace, its own too' : `in namespace ${takesLeases ? 'kube-node-lease' : own}`;
  const message = `webhook ${webhook.at('name').text} fails closed on ${what} ${where}`;
  const others = what === 'pods' ? 'kube-system' : 'kube-system, kube-node-lease';
  const fix = `Leave out ${others} and its own namespace by a namespaceSelector, or set failurePolicy: Ignore.`;
  yield { at, message, fix };
}

/** Whether a webhook is asked about a namespace, as far as its selector goes by names alone. */
function reaches(webhook: Field, namespace: string): boolean {
  const selector = webhook.at('namespaceSelector');
  const keys = [
    ...selector.at('matchLabels').entries.map(([key]) => key),
    ...selector.all('matchExpressions', '*', 'key').map(({ text }) => text),
  ];
  if (selector.entries.length === 0) return true;
  return keys.every((key) => key === NAMESPACE_NAME) && matchesSelector(selector, { [NAMESPACE_NAME]: namespace });
}

/** Whether pods that are given answer a webhook: they cannot start when none of them does. */
function isServedHere(platform: Platform, webhook: Field): boolean {
  const { namespace = '', name = '' } = webhook.at('clientConfig', 'service').texts;
  const service = platform.find('Service', namespace, name);
  return service !== undefined && platform.selectedBy(service).length > 0;
}

function* prunedClaims(platform: Platform): Iterable<Problem> {
  const hasApplications = platform.ofKind('Application').length > 0;
  for (const claim of platform.ofKind('PersistentVolumeClaim')) {
    const before = platform.previous?.find('PersistentVolumeClaim', claim.namespace, claim.name);
    const wasProtected = before !== undefined && isProtected(before.annotations);
    const annotations = Object.keys(platform.find('Namespace', '', claim.namespace)?.annotations ?? {});
    const isManaged = hasApplications || annotations.some((key) => key.startsWith('argocd.'));
    const isAsked = wasProtected || (isManaged && platform.environmentOf(claim.namespace) !== undefined);
    if (isProtected(claim.annotations) || !isAsked) continue;
    const message = wasProtected ? 'loses its protection against pruning' : 'is not protected against pruning';
    yield { at: claim.annotation(SYNC_OPTIONS), message, fix: `Set the annotation ${SYNC_OPTIONS}: Prune=false.` };
  }
}

function isProtected(annotations: Readonly<Record<string, string>>): boolean {
  const keeps = /\b(Prune|Delete)=(false|confirm)\b/.test(annotations[SYNC_OPTIONS] ?? '');
  return keeps || annotations['helm.sh/resource-policy'] === 'keep';
}
