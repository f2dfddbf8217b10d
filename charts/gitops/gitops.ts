import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { recommendedLabels } from '../constructs/labels.ts';
import { type Environment, monitoringNamespaceOf } from '../plan/environment.ts';
import type { Project } from '../plan/part.ts';
import { ARGOCD_API, ARGOCD_NAMESPACE, applicationName, applicationSpec } from './application.ts';
import type { AllowedKinds } from './kinds.ts';

export interface GitOpsProps {
  readonly project: Project;
  readonly environments: readonly Environment[];
  /** The kinds that the environments consist of; Argo CD refuses every other one. */
  readonly kinds: AllowedKinds;
}

/**
 * Argo CD's view of the platform: a project that bounds sources, destinations and kinds, and an application per environment.
 * No application carries the resources finalizer: deleting one stops the synchronisation and leaves the platform running.
 */
export class GitOps extends Construct {
  constructor(scope: Construct, id: string, { project, environments, kinds }: GitOpsProps) {
    super(scope, id);
    new ApiObject(this, 'project', {
      apiVersion: ARGOCD_API,
      kind: 'AppProject',
      metadata: metadataOf(project, project.name),
      spec: projectSpec(project, environments, kinds),
    });
    for (const environment of environments) {
      new ApiObject(this, environment.name, {
        apiVersion: ARGOCD_API,
        kind: 'Application',
        metadata: {
          ...metadataOf(project, applicationName(environment)),
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

function projectSpec(
  project: Project,
  environments: readonly Environment[],
  kinds: AllowedKinds,
): Record<string, unknown> {
  const windows = environments.flatMap((environment) =>
    environment.sync.windows.map((window) => ({ ...window, applications: [applicationName(environment)] })),
  );
  return {
    description: `The ${project.name} platform: its own repository, its own namespaces, the kinds that it consists of`,
    sourceRepos: [project.repository],
    destinations: environments.flatMap((environment) => [
      { server: environment.sync.server, namespace: environment.namespace },
      { server: environment.sync.server, namespace: monitoringNamespaceOf(environment) },
    ]),
    clusterResourceWhitelist: kinds.cluster,
    namespaceResourceWhitelist: kinds.namespaced,
    ...(windows.length === 0 ? {} : { syncWindows: windows }),
  };
}
