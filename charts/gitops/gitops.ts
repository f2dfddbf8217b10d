import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { recommendedLabels } from '../constructs/labels.ts';
import { type Environment, monitoringNamespaceOf } from '../plan/environment.ts';
import type { Project } from '../plan/part.ts';
import { ARGOCD_API, ARGOCD_NAMESPACE, applicationName, applicationSpec } from './application.ts';
import type { AllowedKinds } from './kinds.ts';

/** An environment, and the kinds that its files hold: Argo CD refuses every other one. */
export interface Delivered {
  readonly environment: Environment;
  readonly kinds: AllowedKinds;
}

export interface GitOpsProps {
  readonly project: Project;
  readonly delivered: readonly Delivered[];
}

/**
 * Argo CD's view of the platform: for each environment a project that bounds repository, namespaces and kinds, and an application in it.
 * No application carries the resources finalizer: deleting one stops the synchronisation and leaves the platform running.
 */
export class GitOps extends Construct {
  constructor(scope: Construct, id: string, { project, delivered }: GitOpsProps) {
    super(scope, id);
    for (const one of delivered) {
      const { environment } = one;
      const name = applicationName(environment);
      new ApiObject(this, `${environment.name}-project`, {
        apiVersion: ARGOCD_API,
        kind: 'AppProject',
        metadata: metadataOf(project, name),
        spec: projectSpec(project, one),
      });
      new ApiObject(this, environment.name, {
        apiVersion: ARGOCD_API,
        kind: 'Application',
        metadata: {
          ...metadataOf(project, name),
          // The API server computes the difference, defaults and admission included: no lasting "out of sync" over a default.
          annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' },
        },
        spec: applicationSpec(environment, project),
      });
    }
  }
}

function metadataOf(project: Project, name: string) {
  const labels = recommendedLabels({ name, instance: name, partOf: project.name, component: 'platform' });
  return { name, namespace: ARGOCD_NAMESPACE, labels };
}

/** What an environment's application may write: its own two namespaces, so that a change of one file never reaches another environment. */
function projectSpec(project: Project, { environment, kinds }: Delivered): Record<string, unknown> {
  const { server, windows } = environment.sync;
  return {
    description: `${environment.name} of the ${project.name} platform: its repository, its namespaces, the kinds that it consists of`,
    sourceRepos: [project.repository],
    destinations: [environment.namespace, monitoringNamespaceOf(environment)].map((namespace) => ({
      server,
      namespace,
    })),
    clusterResourceWhitelist: kinds.cluster,
    namespaceResourceWhitelist: kinds.namespaced,
    ...(windows.length === 0
      ? {}
      : { syncWindows: windows.map((window) => ({ ...window, applications: [applicationName(environment)] })) }),
  };
}
