import { PROMISES } from '../../annotations.ts';
import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

const missedStartsEnd: Rule = {
  id: 'missed-starts-end',
  title: 'A CronJob that runs every minute has a deadline for its starts',
  rationale: 'After a hundred missed starts without a deadline the controller gives up, and the job never runs again.',
  severity: 'warning',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline',
  *check(platform) {
    for (const job of platform.ofKind('CronJob')) {
      const [minute, hour] = (job.at('spec', 'schedule').text ?? '').trim().split(/\s+/);
      const isEachMinute = /^\*(\/[1-4])?$/.test(minute ?? '') && hour === '*';
      if (!isEachMinute || job.at('spec', 'startingDeadlineSeconds').exists) continue;
      yield {
        at: job.at('spec', 'schedule'),
        message: `runs at ${minute} of every hour and has no startingDeadlineSeconds`,
        fix: 'Set startingDeadlineSeconds, such as 120.',
        severity: platform.environmentOf(job.namespace) ? 'error' : 'warning',
      };
    }
  },
};

const ZONE = /^(topology|failure-domain\.beta)\.kubernetes\.io\/zone$/;

const volumesFollowPods: Rule = {
  id: 'volumes-follow-pods',
  title: 'Where pods must spread over zones, their volumes are made where the pods are',
  rationale: 'A volume that is made at once lands in any zone, and the pod that needs another can never be placed.',
  docs: 'https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode',
  *check(platform) {
    for (const { pod, resource } of platform.workloads) {
      const spread = pod
        .at('topologySpreadConstraints')
        .items.filter((one) => one.at('whenUnsatisfiable').text === 'DoNotSchedule');
      const apart = pod.at('affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution').items;
      if (![...spread, ...apart].some((one) => ZONE.test(one.at('topologyKey').text ?? ''))) continue;
      for (const template of resource.at('spec', 'volumeClaimTemplates').items) {
        const name = template.at('spec', 'storageClassName').text;
        const classes = platform.ofKind('StorageClass');
        const found = classes.find((one) =>
          name === undefined
            ? one.annotations['storageclass.kubernetes.io/is-default-class'] === 'true'
            : one.name === name,
        );
        if (!found || found.at('volumeBindingMode').text === 'WaitForFirstConsumer') continue;
        yield {
          at: template.at('spec', 'storageClassName'),
          message: `${found} makes its volumes at once, but these pods must spread over zones`,
          fix: 'Set volumeBindingMode: WaitForFirstConsumer on the class.',
        };
      }
    }
  },
};

/** Above this, only what the cluster itself needs; user classes end at a billion. */
const HIGH = 1_000_000;

const defaultPriorityIsLow: Rule = {
  id: 'default-priority-is-low',
  title: 'The priority that pods get without asking is low',
  rationale: 'Every pod without a class then evicts those that were given one with care.',
  docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass',
  *check(platform) {
    for (const one of platform.ofKind('PriorityClass')) {
      const value = one.at('value');
      if (one.at('globalDefault').flag !== true || (value.number ?? 0) < HIGH) continue;
      yield {
        at: value,
        message: `is the default of the whole cluster, with the value ${value.number}`,
        fix: 'Set globalDefault: false, or a value near 0.',
      };
    }
  },
};

const brokenPodsLeave: Rule = {
  id: 'broken-pods-leave',
  title: 'Where availability is promised, a disruption budget lets broken pods be evicted',
  rationale:
    'A pod that is not ready anyway counts against the budget: it blocks the drain of its node until somebody deletes it.',
  docs: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy',
  *check(platform) {
    for (const budget of platform.ofKind('PodDisruptionBudget')) {
      const at = budget.at('spec', 'unhealthyPodEvictionPolicy');
      if (at.text === 'AlwaysAllow' || !isPromised(platform, budget.namespace)) continue;
      yield {
        at,
        message: `is ${at.text ?? 'IfHealthyBudget, the default'}: a broken pod blocks the drain`,
        fix: 'Set unhealthyPodEvictionPolicy: AlwaysAllow.',
      };
    }
  },
};

const webhooksLetTheClusterLive: Rule = {
  id: 'webhooks-let-the-cluster-live',
  title: 'A webhook that fails closed leaves out the namespace that it runs in, or is narrow',
  rationale:
    'When its pods are gone, the API server asks it whether they may come back: nothing can be created any more.',
  docs: 'https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/',
  *check(platform) {
    for (const config of platform.ofKind('ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration')) {
      for (const webhook of config.at('webhooks').items) {
        const selects = ['namespaceSelector', 'objectSelector'].some((key) => webhook.at(key).entries.length > 0);
        const isClosed = (webhook.at('failurePolicy').text ?? 'Fail') === 'Fail';
        if (
          !isClosed ||
          selects ||
          webhook.at('matchConditions').items.length > 0 ||
          !webhook.at('rules').items.some(takesEverything)
        )
          continue;
        yield {
          at: webhook.at('failurePolicy'),
          message: `webhook ${webhook.at('name').text} fails closed on everything in every namespace, its own too`,
          fix: 'Leave out its own namespace and kube-system by a namespaceSelector, or set failurePolicy: Ignore.',
        };
      }
    }
  },
};

function takesEverything(rule: Field): boolean {
  const has = (key: string, ...words: readonly string[]): boolean =>
    rule.at(key).items.some(({ text }) => words.includes(text ?? '?'));
  return has('apiGroups', '*', '') && has('resources', '*', '*/*') && has('operations', '*', 'CREATE');
}

const CASCADE = 'resources-finalizer.argocd.argoproj.io';

const productionIsNotPruned: Rule = {
  id: 'production-is-not-pruned',
  title: 'Nothing deletes production or its data by a slip in git',
  rationale:
    'The cascade deletes every object of the platform with its Application; pruning deletes a claim, and the data with it.',
  docs: 'https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/',
  *check(platform) {
    for (const application of platform.ofKind('Application')) {
      const at = application.at('metadata', 'finalizers').items.find(({ text }) => text?.startsWith(CASCADE));
      const target = application.at('spec', 'destination', 'namespace').text ?? '';
      if (at && isPromised(platform, target))
        yield {
          at,
          message: `deletes all of ${target}, where availability is promised, with the Application`,
          fix: 'Remove the finalizer.',
        };
    }
    for (const claim of platform.ofKind('PersistentVolumeClaim')) {
      const [was, is] = [platform.previous?.find('PersistentVolumeClaim', claim.namespace, claim.name), claim].map(
        (one) => one && isProtected(one.annotations),
      );
      const isManaged =
        platform.ofKind('Application').length > 0 ||
        Object.keys(platform.find('Namespace', '', claim.namespace)?.annotations ?? {}).some((key) =>
          key.startsWith('argocd.'),
        );
      if (is || (was !== true && !(isManaged && platform.environmentOf(claim.namespace)))) continue;
      yield {
        at: claim.annotation('argocd.argoproj.io/sync-options'),
        message: was === true ? 'loses its protection against pruning' : 'is not protected against pruning',
        fix: 'Set the annotation argocd.argoproj.io/sync-options: Prune=false.',
      };
    }
  },
};

function isProtected(annotations: Readonly<Record<string, string>>): boolean {
  return (
    /\b(Prune|Delete)=(false|confirm)\b/.test(annotations['argocd.argoproj.io/sync-options'] ?? '') ||
    annotations['helm.sh/resource-policy'] === 'keep'
  );
}

function isPromised(platform: Platform, namespace: string): boolean {
  return platform.environmentOf(namespace)?.promises(PROMISES.availability) ?? false;
}

export const objectHazardsRules: readonly Rule[] = [
  missedStartsEnd,
  volumesFollowPods,
  defaultPriorityIsLow,
  brokenPodsLeave,
  webhooksLetTheClusterLive,
  productionIsNotPruned,
];
