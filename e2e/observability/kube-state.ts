import type { Rendered } from './rendered.ts';

/**
 * What kube-state-metrics would show of a healthy cluster that runs dist/: every Deployment at its autoscaler's floor, every container up.
 * Written after the tool's own documentation (docs/metrics), metric by metric.
 */
export function kubeState(objects: readonly Rendered[], namespace: string): string {
  const own = objects.filter(({ metadata }) => metadata.namespace === namespace);
  const of = (kind: string) => own.filter((object) => object.kind === kind);
  const replicas = new Map(
    of('HorizontalPodAutoscaler').map(({ metadata, spec }) => [metadata.name, spec?.minReplicas ?? 1]),
  );
  const workloads = [...of('Deployment'), ...of('StatefulSet')].flatMap((workload) =>
    containers(workload, namespace, replicas.get(workload.metadata.name) ?? workload.spec?.replicas ?? 1),
  );
  return [
    ...of('Deployment').flatMap((object) => deployment(object, namespace, replicas.get(object.metadata.name) ?? 1)),
    ...of('StatefulSet').map(({ metadata, spec }) =>
      line('kube_statefulset_status_replicas_ready', { namespace, statefulset: metadata.name }, spec?.replicas ?? 1),
    ),
    ...workloads,
    ...of('HorizontalPodAutoscaler').flatMap((object) => autoscaler(object, namespace)),
    ...of('ResourceQuota').flatMap((object) => quota(object, namespace)),
    ...of('CronJob').flatMap(({ metadata }) => cronJob(metadata.name, namespace)),
    '',
  ].join('\n');
}

function line(metric: string, labels: Readonly<Record<string, string>>, value: number): string {
  const list = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
  return `${metric}{${list.join(',')}} ${value}`;
}

/** A condition has a series for each status; the one that holds is 1. */
function condition(metric: string, labels: Readonly<Record<string, string>>): string[] {
  return ['true', 'false', 'unknown'].map((status) => line(metric, { ...labels, status }, status === 'true' ? 1 : 0));
}

function deployment({ metadata }: Rendered, namespace: string, pods: number): string[] {
  const labels = { namespace, deployment: metadata.name };
  return [
    line('kube_deployment_spec_replicas', labels, pods),
    line('kube_deployment_status_replicas_available', labels, pods),
    ...condition('kube_deployment_status_condition', { ...labels, condition: 'Progressing' }),
  ];
}

function containers({ metadata, spec }: Rendered, namespace: string, pods: number): string[] {
  return Array.from({ length: pods }, (_, ordinal) => `${metadata.name}-${ordinal}`).flatMap((pod) =>
    (spec?.template?.spec.containers ?? []).flatMap(({ name }) => {
      const labels = { namespace, pod, container: name };
      return [
        line('kube_pod_container_status_running', labels, 1),
        line('kube_pod_container_status_restarts_total', labels, 0),
        line('kube_pod_container_status_last_terminated_exitcode', labels, 0),
      ];
    }),
  );
}

function autoscaler({ metadata, spec }: Rendered, namespace: string): string[] {
  const labels = { namespace, horizontalpodautoscaler: metadata.name };
  const floor = spec?.minReplicas ?? 1;
  return [
    line('kube_horizontalpodautoscaler_spec_min_replicas', labels, floor),
    line('kube_horizontalpodautoscaler_spec_max_replicas', labels, spec?.maxReplicas ?? 1),
    line('kube_horizontalpodautoscaler_status_current_replicas', labels, floor),
    line('kube_horizontalpodautoscaler_status_desired_replicas', labels, floor),
    ...condition('kube_horizontalpodautoscaler_status_condition', { ...labels, condition: 'ScalingActive' }),
  ];
}

/** Half of each resource is used. */
function quota({ metadata, spec }: Rendered, namespace: string): string[] {
  return Object.keys(spec?.hard ?? {}).flatMap((resource) => {
    const labels = { namespace, resourcequota: metadata.name, resource };
    return [
      line('kube_resourcequota', { ...labels, type: 'hard' }, 100),
      line('kube_resourcequota', { ...labels, type: 'used' }, 50),
    ];
  });
}

function cronJob(name: string, namespace: string): string[] {
  const labels = { namespace, cronjob: name };
  const now = Math.floor(Date.now() / 1_000);
  return [
    line('kube_cronjob_created', labels, now - 86_400),
    line('kube_cronjob_status_last_successful_time', labels, now - 600),
  ];
}
