import { describe, expect, it } from 'vitest';
import { Resource } from '../../guardrails/resource.ts';
import { PLATFORM } from '../../test/platform.ts';
import { environments } from '../environments/all.ts';
import { production } from '../environments/production.ts';
import { synthesize } from '../synthesize.ts';
import { kindsOf } from './kinds.ts';

const files = synthesize(PLATFORM);

function objectsOf(path: string): readonly Resource[] {
  const file = files.find((candidate) => candidate.path === path);
  return (file?.objects ?? []).map((value, document) => new Resource({ file: path, document, within: [] }, value));
}

const [project, ...applications] = objectsOf('addons/argocd.k8s.yaml');

describe('the project of Argo CD', () => {
  it('allows one repository, and only the namespaces of the platform', () => {
    expect(project?.at('spec', 'sourceRepos').value).toEqual([PLATFORM.project.repository]);
    const namespaces = project?.at('spec', 'destinations').items.map((item) => item.at('namespace').text);
    expect(namespaces).toEqual(environments.flatMap(({ namespace }) => [namespace, `${namespace}-monitoring`]));
  });

  it('allows every kind that the environments hold, and no other', () => {
    const objects = files.filter(({ path }) => !path.endsWith('argocd.k8s.yaml')).flatMap((file) => file.objects);
    const kinds = kindsOf(objects);
    expect(project?.at('spec', 'clusterResourceWhitelist').value).toEqual(kinds.cluster);
    expect(project?.at('spec', 'namespaceResourceWhitelist').value).toEqual(kinds.namespaced);
    expect(kinds.cluster.map(({ kind }) => kind)).toContain('Namespace');
    expect(JSON.stringify(kinds)).not.toContain('*');
  });

  it('lets nothing arrive in production over the weekend, except by hand', () => {
    expect(project?.at('spec', 'syncWindows').value).toEqual([
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
