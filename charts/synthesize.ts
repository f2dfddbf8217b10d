import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { nameConstructs } from './construct-names.ts';
import { clusterScoped, PlatformNamespace } from './constructs/platform-namespace.ts';
import { admissionFile } from './gitops/admission.ts';
import { annotateForSync, GitOpsChart, kindsOf } from './gitops/gitops.ts';
import { foreignMetrics } from './monitoring/part.ts';
import { namespaceProps } from './plan/namespace.ts';
import type { ManifestFile, Plan, Platform } from './plan/part.ts';
import { plansOf } from './plan/plan.ts';
import { platformProblems } from './plan/problems.ts';
import { exceptTags } from './tag-exceptions.ts';

/**
 * Every file of dist/ from the typed platform. Pure: no clock, randomness, network or process environment.
 * @throws PlatformError with every problem of the catalog and the environments at once.
 */
export function synthesize(platform: Platform): ManifestFile[] {
  const problems = platformProblems(platform);
  if (problems.length > 0) throw new PlatformError(problems);
  const plans = plansOf(platform);
  const app = new App();
  const files = plans.flatMap((plan) => filesOf(app, plan)).filter(({ objects }) => objects.length > 0);
  return [...files, ...administratorFiles(platform, files)];
}

/** The environment's own file, built-in APIs only, and beside it what needs custom resource definitions. */
function filesOf(app: App, plan: Plan): ManifestFile[] {
  const { name, namespace } = plan.environment;
  const chart = (id: string) => new Chart(app, id, { namespace, disableResourceNameHashes: true });
  const own = chart(name);
  renderEnvironment(own, plan);
  const addons = chart(`${name}-addons`);
  for (const part of plan.parts) part.renderAddons?.(addons, plan);
  return [
    { path: `${name}.k8s.yaml`, objects: finished(own, plan) },
    { path: `addons/${name}.k8s.yaml`, objects: finished(addons, plan) },
  ];
}

/** In the order in which it applies in one pass: the namespace and its isolation, then part by part. */
export function renderEnvironment(chart: Chart, plan: Plan): void {
  const { environment } = plan;
  const foreign = environment.monitoring.kind === 'operator' ? foreignMetrics(plan) : {};
  new PlatformNamespace(chart, 'namespace', namespaceProps(plan, environment.namespace, foreign));
  if (environment.priority !== null) addPriorityClass(chart, environment.priority, plan);
  // A scope of their own: a service may be called like a part of the platform.
  const services = new Construct(chart, 'services');
  for (const part of plan.parts) part.render(part.isService === true ? services : chart, plan);
}

function addPriorityClass(chart: Chart, value: number, plan: Plan): void {
  const { namespace } = plan.environment;
  clusterScoped(
    new k8s.KubePriorityClass(chart, 'priority', {
      metadata: { name: namespace, labels: plan.labels({ name: namespace, component: 'platform' }) },
      value,
      globalDefault: false,
      description: `Pods of ${namespace}: evicted after pods of a lower value`,
    }),
  );
}

function finished(chart: Chart, plan: Plan): ManifestFile['objects'] {
  nameConstructs(chart);
  annotateForSync(chart);
  return chart.toJson().map((manifest) => exceptTags(manifest, plan));
}

/** What the administrator of a cluster applies once, from what the environments hold: exactly their kinds, exactly their images. */
function administratorFiles({ project, environments }: Platform, files: readonly ManifestFile[]): ManifestFile[] {
  const delivered = environments.map((environment) => {
    const own = [`${environment.name}.k8s.yaml`, `addons/${environment.name}.k8s.yaml`];
    const objects = files.filter(({ path }) => own.includes(path)).flatMap((file) => file.objects);
    return { environment, objects, kinds: kindsOf(objects) };
  });
  const argocd = new GitOpsChart(new App(), 'argocd', { project, delivered });
  return [{ path: 'addons/argocd.k8s.yaml', objects: argocd.toJson() }, admissionFile(project, delivered)];
}

/** What does not hold together in the catalog or an environment: every problem at once, each with where, what and the fix. */
export class PlatformError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the platform does not hold together:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'PlatformError';
    this.problems = problems;
  }
}
