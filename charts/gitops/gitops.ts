import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { nameConstructs } from '../construct-names.ts';
import { recommendedLabels } from '../constructs/labels.ts';
import { type Environment, monitoringNamespaceOf } from '../plan/environment.ts';
import type { Manifest, Project } from '../plan/part.ts';

/** An environment, and the kinds that its files hold: Argo CD refuses every other one. */
export interface Delivered {
  readonly environment: Environment;
  readonly kinds: AllowedKinds;
}

export interface GitOpsProps {
  readonly project: Project;
  readonly delivered: readonly Delivered[];
}

function metadataOf(project: Project, name: string) {
  const labels = recommendedLabels({ name, instance: name, partOf: project.name, component: 'platform' });
  return { name, namespace: ARGOCD_NAMESPACE, labels };
}

/** The application is called like the namespace. What it may write: its own two namespaces, so that a change of one file never reaches another environment. */
function projectSpec(project: Project, { environment, kinds }: Delivered): Record<string, unknown> {
  const { namespace, sync } = environment;
  const { server, windows } = sync;
  return {
    description: `${environment.name} of the ${project.name} platform: its repository, its namespaces, the kinds that it consists of`,
    sourceRepos: [project.repository],
    destinations: [namespace, monitoringNamespaceOf(environment)].map((one) => ({ server, namespace: one })),
    clusterResourceWhitelist: kinds.cluster,
    namespaceResourceWhitelist: kinds.namespaced,
    ...(windows.length === 0
      ? {}
      : { syncWindows: windows.map((window) => ({ ...window, applications: [namespace] })) }),
  };
}

/** Where Argo CD runs and looks for applications. */
const ARGOCD_NAMESPACE = 'argocd';

/** `spec` of the Application of one environment: its own file of dist/ and its addons, followed by themselves. */
function applicationSpec(environment: Environment, project: Project): Record<string, unknown> {
  const { name, namespace, sync, scaling } = environment;
  return {
    project: namespace,
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

/**
 * Argo CD's view of the platform, a file that a cluster with it applies once; from then on, dist/ arrives by itself. For each environment a
 * project that bounds repository, namespaces and kinds, and an application in it. No application carries the resources finalizer: deleting
 * one stops the synchronisation and leaves the platform running.
 */
export class GitOpsChart extends Chart {
  constructor(scope: Construct, id: string, { project, delivered }: GitOpsProps) {
    super(scope, id, { namespace: ARGOCD_NAMESPACE, disableResourceNameHashes: true });
    const parent = new Construct(this, 'gitops');
    const apiVersion = 'argoproj.io/v1alpha1';
    for (const one of delivered) {
      const { name, namespace } = one.environment;
      const metadata = metadataOf(project, namespace);
      const spec = projectSpec(project, one);
      new ApiObject(parent, `${name}-project`, { apiVersion, kind: 'AppProject', metadata, spec });
      new ApiObject(parent, name, {
        apiVersion,
        kind: 'Application',
        // The API server computes the difference, defaults and admission included: no lasting "out of sync" over a default.
        metadata: { ...metadata, annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' } },
        spec: applicationSpec(one.environment, project),
      });
    }
    nameConstructs(this);
  }
}

export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** What an installation may create: nothing that is not in these lists. */
export interface AllowedKinds {
  readonly cluster: readonly GroupKind[];
  readonly namespaced: readonly GroupKind[];
}

/** The kinds of these objects, each once and in order: read off what is synthesized, so that the list cannot drift. */
export function kindsOf(objects: readonly Manifest[]): AllowedKinds {
  return {
    cluster: distinct(objects.filter((object) => !isNamespaced(object))),
    namespaced: distinct(objects.filter(isNamespaced)),
  };
}

/** Every object of ours that can have a namespace names it. */
function isNamespaced({ metadata }: Manifest): boolean {
  return typeof metadata === 'object' && metadata !== null && 'namespace' in metadata;
}

function distinct(objects: readonly Manifest[]): readonly GroupKind[] {
  const kinds = objects.map(({ apiVersion, kind }) => ({ group: groupOf(apiVersion), kind: String(kind) }));
  const byName = new Map(kinds.map((one) => [`${one.group}/${one.kind}`, one]));
  return [...byName].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
}

/** Empty for the core group, whose version stands alone. */
function groupOf(apiVersion: unknown): string {
  const text = String(apiVersion);
  return text.includes('/') ? text.slice(0, text.indexOf('/')) : '';
}

/** Argo CD's annotations: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/ and .../sync-waves/. */
const WAVE = 'argocd.argoproj.io/sync-wave';
const OPTIONS = 'argocd.argoproj.io/sync-options';

/** What holds data, or everything else: removed by a person, never because a line left a file. */
const NEVER_PRUNED = new Set(['Namespace', 'PersistentVolumeClaim']);

/**
 * Kinds that others wait for. Within a wave Argo CD goes by kind and puts custom resources last: pods would start before
 * the operator has made their secrets, and routes before the middlewares that they name. Everything else is in wave 0.
 */
const WAVES: Readonly<Record<string, string>> = {
  Namespace: '-3',
  PriorityClass: '-3',
  SecretStore: '-2',
  ClusterSecretStore: '-2',
  ExternalSecret: '-1',
  Middleware: '-1',
};

/** Account that a SecretStore logs in with: it must be there before the store is. */
const LOGIN_ACCOUNT = 'external-secrets';

/** Tells Argo CD in which order a chart's objects go, and which it must never prune. Without Argo CD they mean nothing. */
export function annotateForSync(chart: Chart): void {
  for (const construct of chart.node.findAll()) {
    if (!ApiObject.isApiObject(construct)) continue;
    const { kind, name, metadata } = construct;
    const wave = kind === 'ServiceAccount' && name === LOGIN_ACCOUNT ? '-2' : WAVES[kind];
    if (wave !== undefined) metadata.addAnnotation(WAVE, wave);
    if (NEVER_PRUNED.has(kind)) metadata.addAnnotation(OPTIONS, 'Prune=false');
  }
}
