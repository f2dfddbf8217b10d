import { App, type Chart } from 'cdk8s';
import { AddonsChart } from './addons/addons-chart.ts';
import { platformProblems } from './checks/platform-checks.ts';
import { EnvironmentChart } from './environment-chart.ts';
import type { Environment } from './environments/environment.ts';
import { GitOpsChart } from './gitops/gitops-chart.ts';
import { kindsOf } from './gitops/kinds.ts';
import { PlatformError } from './platform-error.ts';
import type { ServiceSpec } from './services/service.ts';
import { exceptTags } from './tag-exceptions.ts';

/** The whole platform as plain data: what it consists of, and where it runs. */
export interface Platform {
  readonly catalog: readonly ServiceSpec[];
  readonly environments: readonly Environment[];
}

/** A Kubernetes object as plain data. */
export type Manifest = Readonly<Record<string, unknown>>;

/** One file of dist/. */
export interface ManifestFile {
  /** Relative to dist/, with forward slashes. */
  readonly path: string;
  readonly objects: readonly Manifest[];
}

/**
 * Every file of dist/ from the typed platform. Pure: no clock, randomness, network or process environment.
 * @throws PlatformError with every problem of the catalog and the environments at once.
 */
export function synthesize(platform: Platform): ManifestFile[] {
  const problems = platformProblems(platform);
  if (problems.length > 0) throw new PlatformError(problems);
  const app = new App();
  const charts = platform.environments.flatMap((environment): [string, Chart, Environment][] => [
    [
      `${environment.name}.k8s.yaml`,
      new EnvironmentChart(app, environment.name, { environment, catalog: platform.catalog }),
      environment,
    ],
    [
      `addons/${environment.name}.k8s.yaml`,
      new AddonsChart(app, `${environment.name}-addons`, { environment, catalog: platform.catalog }),
      environment,
    ],
  ]);
  const files = charts
    .map(([path, chart, environment]): ManifestFile => {
      const manifests: Manifest[] = chart.toJson();
      return { path, objects: manifests.map((manifest) => exceptTags(manifest, environment)) };
    })
    .filter(({ objects }) => objects.length > 0);
  return [...files, gitopsFile(platform, files)];
}

/** Comes last: it allows exactly the kinds that the other files hold. */
function gitopsFile({ environments }: Platform, files: readonly ManifestFile[]): ManifestFile {
  const kinds = kindsOf(files.flatMap(({ objects }) => objects));
  const chart = new GitOpsChart(new App(), 'argocd', { environments, kinds });
  return { path: 'addons/argocd.k8s.yaml', objects: chart.toJson() };
}
