import { describe, expect, it } from 'vitest';
import { Resource } from '../../guardrails/field.ts';
import { PLATFORM, platformWith } from '../../test/platform.ts';
import { environments } from '../environments/all.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { synthesize } from '../synthesize.ts';
import { kindsOf } from './gitops.ts';

const files = synthesize(PLATFORM);

function objectsOf(path: string): readonly Resource[] {
  const file = files.find((candidate) => candidate.path === path);
  return (file?.objects ?? []).map((value, document) => new Resource({ file: path, document, within: [] }, value));
}

const argocd = objectsOf('addons/argocd.k8s.yaml');
const projects = argocd.filter(({ kind }) => kind === 'AppProject');
const applications = argocd.filter(({ kind }) => kind === 'Application');
const projectOf = ({ namespace }: { readonly namespace: string }) => projects.find(({ name }) => name === namespace);

describe('the projects of Argo CD', () => {
  it('are one for each environment, and each application is in its own', () => {
    expect(projects.map(({ name }) => name)).toEqual(environments.map(({ namespace }) => namespace));
    for (const application of applications) expect(application.at('spec', 'project').text).toBe(application.name);
  });

  it.each(environments)('let $name write into its own namespaces and no other', (environment) => {
    const { namespace } = environment;
    const project = projectOf(environment);
    expect(project?.at('spec', 'sourceRepos').value).toEqual([PLATFORM.project.repository]);
    const namespaces = project?.at('spec', 'destinations').items.map((item) => item.at('namespace').text);
    expect(namespaces).toEqual([namespace, `${namespace}-monitoring`]);
  });

  it.each(environments)('allow $name every kind that its files hold, and no other', (environment) => {
    const own = [`${environment.name}.k8s.yaml`, `addons/${environment.name}.k8s.yaml`];
    const kinds = kindsOf(files.filter(({ path }) => own.includes(path)).flatMap((file) => file.objects));
    const project = projectOf(environment);
    expect(project?.at('spec', 'clusterResourceWhitelist').value).toEqual(kinds.cluster);
    expect(project?.at('spec', 'namespaceResourceWhitelist').value).toEqual(kinds.namespaced);
    expect(kinds.cluster.map(({ kind }) => kind)).toContain('Namespace');
    expect(JSON.stringify(kinds)).not.toContain('*');
  });

  it('let nobody into dev create what only production needs', () => {
    expect(JSON.stringify(projectOf(dev)?.at('spec').value)).not.toContain('ExternalSecret');
    expect(JSON.stringify(projectOf(production)?.at('spec').value)).toContain('ExternalSecret');
  });

  it('let nothing arrive in production over the weekend, except by hand', () => {
    expect(projectOf(production)?.at('spec', 'syncWindows').value).toEqual([
      {
        kind: 'deny',
        applications: [production.namespace],
        schedule: '0 16 * * 5',
        duration: '63h',
        timeZone: 'Etc/UTC',
        manualSync: true,
      },
    ]);
  });
});

describe('the applications of Argo CD', () => {
  it('are one for each environment', () => {
    expect(applications.map(({ name }) => name)).toEqual(environments.map(({ namespace }) => namespace));
  });

  it.each(applications.map((application, index) => [application, environments[index]?.name] as const))(
    '%# read files of dist/ that synthesis writes',
    (application, name) => {
      const include = application.at('spec', 'source', 'directory', 'include').text ?? '';
      const paths = include.slice(1, -1).split(',');
      expect(paths).toEqual([`${name}.k8s.yaml`, `addons/${name}.k8s.yaml`]);
      expect(files.map(({ path }) => path)).toContain(paths[0]);
      expect(application.at('spec', 'source', 'path').text).toBe('dist');
    },
  );

  it('follow by themselves, heal, prune and try again', () => {
    for (const application of applications) {
      const policy = application.at('spec', 'syncPolicy');
      expect(policy.at('automated').value).toEqual({ prune: true, selfHeal: true });
      expect(policy.at('syncOptions').value).toContain('ServerSideApply=true');
      expect(policy.at('retry', 'backoff', 'duration').text).toBe('10s');
    }
  });

  it('wait for a person where the environment says so', () => {
    const manual = synthesize(platformWith({ ...dev, sync: { ...dev.sync, manual: true } }));
    const text = JSON.stringify(manual.find(({ path }) => path === 'addons/argocd.k8s.yaml')?.objects);
    expect(text.match(/"automated"/g)).toHaveLength(environments.length - 1);
  });

  it('leave the number of pods to the autoscaler where there is one', () => {
    const ignored = applications.map((application) => application.at('spec', 'ignoreDifferences').value);
    const replicas = (namespace: string) => [
      { group: 'apps', kind: 'Deployment', namespace, jsonPointers: ['/spec/replicas'] },
    ];
    expect(ignored).toEqual(
      environments.map(({ scaling, namespace }) => (scaling.kind === 'auto' ? replicas(namespace) : undefined)),
    );
  });

  it('set back every other number of pods: what is ignored has an autoscaler', () => {
    for (const application of applications) {
      const ignored = application.at('spec', 'ignoreDifferences').items.map((item) => item.at('namespace').text);
      const objects = objectsOf(
        `${environments.find(({ namespace }) => namespace === application.name)?.name}.k8s.yaml`,
      );
      const scaled = objects
        .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
        .map((autoscaler) => autoscaler.at('spec', 'scaleTargetRef', 'name').text);
      const deployments = objects.filter(({ kind, namespace }) => kind === 'Deployment' && ignored.includes(namespace));
      expect(deployments.map(({ name }) => name).sort()).toEqual(scaled.sort());
    }
  });

  it('keep the platform running when they are deleted', () => {
    expect(applications.every((application) => !application.at('metadata', 'finalizers').exists)).toBe(true);
  });
});

describe('the objects of an environment', () => {
  const all = files.flatMap(({ path }) => objectsOf(path));

  it('are never pruned where they hold data', () => {
    const kept = all.filter(({ kind }) => kind === 'Namespace' || kind === 'PersistentVolumeClaim');
    expect(kept.length).toBeGreaterThanOrEqual(3);
    for (const { annotations } of kept) expect(annotations['argocd.argoproj.io/sync-options']).toBe('Prune=false');
  });

  it('come after what they wait for', () => {
    const wave = ({ annotations }: Resource) => Number(annotations['argocd.argoproj.io/sync-wave'] ?? 0);
    const latest = (kind: string) => Math.max(...all.filter((object) => object.kind === kind).map(wave));
    expect(latest('Namespace')).toBeLessThan(latest('SecretStore'));
    expect(latest('SecretStore')).toBeLessThan(latest('ExternalSecret'));
    expect(latest('ExternalSecret')).toBeLessThan(latest('Deployment'));
    expect(latest('Middleware')).toBeLessThan(latest('Ingress'));
  });
});
