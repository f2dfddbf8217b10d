import { ApiObject, type Chart } from 'cdk8s';

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
