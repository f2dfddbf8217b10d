import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { metadataOf, SelectorLabels } from './labels.ts';

export type Controller =
  | {
      readonly kind: 'deployment';
      /** Null where an autoscaler decides. */
      readonly replicas: number | null;
      /** Extra pods during a rollout in percent of the pods; null to stop the old pod first. */
      readonly surgePercent: number | null;
      readonly minReadySeconds?: number;
      readonly progressDeadlineSeconds?: number;
    }
  | {
      readonly kind: 'statefulset';
      readonly replicas: number;
      /** The volume `data` of each pod; null where what it holds can be lost. */
      readonly claim: { readonly sizeGi: number; readonly storageClass: string | null } | null;
      readonly minReadySeconds?: number;
      /** Whether pods start and stop without waiting for each other. @default - false */
      readonly parallel?: boolean;
      readonly revisionHistoryLimit?: number;
    }
  | {
      readonly kind: 'cronjob';
      /** Cron expression, UTC. */
      readonly schedule: string;
      /** Whether it runs only when a person starts it: `kubectl create job --from=cronjob/NAME`. */
      readonly suspend: boolean;
      readonly backoffLimit: number;
      readonly deadlineSeconds: number;
    };

export interface ControllerContext {
  readonly metadata: ReturnType<typeof metadataOf>;
  readonly pods: SelectorLabels;
  readonly template: k8s.PodTemplateSpec;
}

export function addController(scope: Construct, controller: Controller, context: ControllerContext): void {
  const { metadata } = context;
  switch (controller.kind) {
    case 'deployment':
      new k8s.KubeDeployment(scope, 'deployment', { metadata, spec: deployment(controller, context) });
      break;
    case 'statefulset':
      new k8s.KubeStatefulSet(scope, 'statefulset', { metadata, spec: statefulSet(controller, context) });
      break;
    case 'cronjob':
      new k8s.KubeCronJob(scope, 'cronjob', { metadata, spec: cronJob(controller, context) });
  }
}

function deployment(
  { replicas, surgePercent, minReadySeconds, progressDeadlineSeconds }: Extract<Controller, { kind: 'deployment' }>,
  { pods, template }: ControllerContext,
): k8s.DeploymentSpec {
  return {
    ...(replicas === null ? {} : { replicas }),
    selector: { matchLabels: { ...pods } },
    strategy: surgePercent === null ? { type: 'Recreate' } : rollingUpdate(surgePercent),
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    ...(progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds }),
    template,
  };
}

/** Never below the wanted number of pods: a new one is ready before an old one goes. */
function rollingUpdate(surgePercent: number): k8s.DeploymentStrategy {
  const maxSurge = k8s.IntOrString.fromString(`${surgePercent}%`);
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: k8s.IntOrString.fromNumber(0) } };
}

function statefulSet(
  controller: Extract<Controller, { kind: 'statefulset' }>,
  { metadata, pods, template }: ControllerContext,
): k8s.StatefulSetSpec {
  const { replicas, claim, minReadySeconds, parallel = false, revisionHistoryLimit } = controller;
  return {
    serviceName: metadata.name,
    replicas,
    selector: { matchLabels: { ...pods } },
    ...(parallel ? { podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate' } } : {}),
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    ...(revisionHistoryLimit === undefined ? {} : { revisionHistoryLimit }),
    template,
    ...(claim === null
      ? {}
      : { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec(claim.sizeGi, claim.storageClass) }] }),
  };
}

/** A volume that one pod at a time writes to. Null is the cluster's default storage class. */
export function claimSpec(sizeGi: number, storageClass: string | null): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass === null ? {} : { storageClassName: storageClass }),
    resources: { requests: { storage: k8s.Quantity.fromString(`${sizeGi}Gi`) } },
  };
}

/** One run at a time; the last success and the last failures stay to be read. */
function cronJob(
  { schedule, suspend, backoffLimit, deadlineSeconds }: Extract<Controller, { kind: 'cronjob' }>,
  { metadata: { labels }, template }: ControllerContext,
): k8s.CronJobSpec {
  return {
    schedule,
    timeZone: 'Etc/UTC',
    suspend,
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 600,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      metadata: { labels },
      spec: { backoffLimit, activeDeadlineSeconds: deadlineSeconds, template },
    },
  };
}
