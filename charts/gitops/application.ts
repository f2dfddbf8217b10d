import type { Environment } from '../plan/environment.ts';
import type { Project } from '../plan/part.ts';

/** Where Argo CD runs and looks for applications. */
export const ARGOCD_NAMESPACE = 'argocd';

export const ARGOCD_API = 'argoproj.io/v1alpha1';

/** The name of an environment's Application, in Argo CD and in the sync windows. */
export function applicationName({ namespace }: Environment): string {
  return namespace;
}

/** `spec` of the Application of one environment: its own file of dist/ and its addons, followed by themselves. */
export function applicationSpec(environment: Environment, project: Project): Record<string, unknown> {
  const { name, namespace, sync, scaling } = environment;
  return {
    project: applicationName(environment),
    source: {
      repoURL: project.repository,
      targetRevision: sync.revision,
      path: 'dist',
      // One application for both files: sync waves order objects within an application, not between two.
      directory: { recurse: true, include: `{${name}.k8s.yaml,addons/${name}.k8s.yaml}` },
    },
    destination: { server: sync.server, namespace },
    syncPolicy: {
      ...(sync.manual === true ? {} : { automated: { prune: true, selfHeal: true } }),
      syncOptions: SYNC_OPTIONS,
      retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
    },
    // The autoscalers own the number of a service's pods: neither a difference nor something to set back. Nobody owns that
    // of the monitoring: a Grafana scaled to nothing by hand comes back.
    ...(scaling.kind === 'auto'
      ? { ignoreDifferences: [{ group: 'apps', kind: 'Deployment', namespace, jsonPointers: ['/spec/replicas'] }] }
      : {}),
    revisionHistoryLimit: 10,
  };
}

const SYNC_OPTIONS = [
  'ServerSideApply=true',
  // Namespaces are in dist/ with their quota and labels; one made by Argo CD would have neither.
  'CreateNamespace=false',
  'PruneLast=true',
  'PrunePropagationPolicy=foreground',
  'RespectIgnoreDifferences=true',
  // The first synchronisation may come before the operators whose kinds the addons use: retried, not refused.
  'SkipDryRunOnMissingResource=true',
  'FailOnSharedResource=true',
];
