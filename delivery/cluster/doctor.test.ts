import { describe, expect, it } from 'vitest';
import { catalog } from '../../charts/catalog.ts';
import { environments } from '../../charts/environments/all.ts';
import { production } from '../../charts/environments/production.ts';
import type { Environment } from '../../charts/plan/environment.ts';
import { type Recording, recordedCluster } from '../../test/recorded-cluster.ts';
import { type Diagnosis, needsOf } from './checks.ts';
import { examine, lacksSomething, renderExamination } from './doctor.ts';
import { Kubectl } from './kubectl.ts';

const ROOT = `${import.meta.dirname}/../..`;

const needs = await Promise.all(environments.map((environment) => needsOf(ROOT, environment)));

/** Every API that an environment uses, served as a cluster with all operators would. */
function servedApis(): Record<string, unknown> {
  const objects = needs.flatMap((need) => [...need.objects, ...need.addons]);
  return Object.fromEntries(
    [...new Set(objects.map(({ apiVersion }) => apiVersion))].map((apiVersion) => [
      apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
      { resources: objects.filter((object) => object.apiVersion === apiVersion).map(({ kind }) => ({ kind })) },
    ]),
  );
}

const NODE = { metadata: { name: 'node' }, status: { allocatable: { cpu: '8', memory: '32Gi' } } };

function healthy(): Recording {
  return {
    raw: { ...servedApis(), '/version': { gitVersion: 'v1.31.2+k3s1' } },
    lists: {
      ingressclasses: ['nginx', 'traefik'],
      pods: ['traefik-0'],
      storageclasses: [
        { metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } },
      ],
      'apiservices.apiregistration.k8s.io': [
        {
          metadata: { name: 'v1beta1.metrics.k8s.io' },
          status: { conditions: [{ type: 'Available', status: 'True' }] },
        },
      ],
      daemonsets: ['kube-proxy', 'cilium'],
      endpointslices: [
        { metadata: { name: 'kubernetes' }, endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 6443 }] },
      ],
      nodes: Array.from({ length: 12 }, () => NODE),
    },
  };
}

/** By default in an environment whose policies are as narrow as this cluster lets them be. */
async function examined(recording: Recording, name = 'production', cidr = '10.1.2.3/32', because?: string) {
  const { run } = recordedCluster(recording);
  const apiServer = [{ cidr, ports: [6_443], ...(because === undefined ? {} : { because }) }];
  const chosen = environments
    .filter((environment) => environment.name === name)
    .map(
      (environment): Environment =>
        environment.monitoring.kind === 'standalone'
          ? { ...environment, monitoring: { ...environment.monitoring, apiServer } }
          : environment,
    );
  return examine(new Kubectl(run, ROOT), ROOT, chosen);
}

async function troubles(...asked: Parameters<typeof examined>): Promise<readonly string[]> {
  const [examination] = await examined(...asked);
  return (examination?.diagnoses ?? [])
    .filter(({ verdict }: Diagnosis) => verdict !== 'met')
    .map(({ verdict, what, cure }) => `${verdict} ${what}: ${cure}`);
}

describe('the doctor', () => {
  it('finds nothing wrong with a cluster that has everything', async () => {
    expect(await troubles(healthy())).toEqual([]);
    expect(renderExamination(await examined(healthy()))).toContain('production: the cluster has all it needs');
  });

  it.each([
    [
      'an old API server',
      { raw: { '/version': { gitVersion: 'v1.27.9' } } },
      /missing Kubernetes v1\.27\.9: .*1\.28\.0/,
    ],
    [
      'a missing operator',
      { raw: { '/apis/external-secrets.io/v1': { resources: [] } } },
      /missing external-secrets\.io\/v1: ExternalSecret, SecretStore: install the External Secrets operator/,
    ],
    [
      'another ingress class',
      { lists: { ingressclasses: ['nginx'] } },
      /missing ingress class traefik \(there is nginx\)/,
    ],
    ['no ingress class at all', { lists: { ingressclasses: [] } }, /there is none/],
    [
      'a controller elsewhere',
      { lists: { pods: [] } },
      /doubt controller pods app\.kubernetes\.io\/name=traefik in traefik/,
    ],
    [
      'no metrics',
      { lists: { 'apiservices.apiregistration.k8s.io': [] } },
      new RegExp(`missing resource metrics for ${catalog.length} autoscalers`),
    ],
    [
      'no default storage class',
      { lists: { storageclasses: ['slow'] } },
      /missing storage class \(the default\); there is slow: make one the default/,
    ],
    [
      'metrics that do not answer',
      {
        lists: {
          'apiservices.apiregistration.k8s.io': [
            {
              metadata: { name: 'v1beta1.metrics.k8s.io' },
              status: { conditions: [{ type: 'Available', status: 'False' }] },
            },
          ],
        },
      },
      /missing resource metrics/,
    ],
    ['a network plugin without policies', { lists: { daemonsets: ['kube-flannel-ds'] } }, /doubt no network plugin/],
    ['too few nodes', { lists: { nodes: [NODE] } }, /doubt 1 nodes with 8 CPU and 32Gi for a budget of 12/],
    [
      'a secret that nobody made',
      { others: { [`get Secret admin-key --namespace ${production.namespace}`]: { code: 1, stderr: 'NotFound' } } },
      new RegExp(`doubt Secret ${production.namespace}/admin-key`),
    ],
  ] as const)('names %s', async (_name, broken: Recording, expected) => {
    const base = healthy();
    const recording = {
      raw: { ...base.raw, ...broken.raw },
      lists: { ...base.lists, ...broken.lists },
      others: broken.others ?? {},
    };
    const found = await troubles(recording);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it.each([
    [
      'is elsewhere',
      '10.9.0.0/16',
      undefined,
      /^missing API server at 10\.1\.2\.3:6443, where the policies let nobody go: /,
    ],
    ['could be named exactly', '10.0.0.0/8', 'nobody knew', /^doubt .* the policies open all of 10\.0\.0\.0\/8: /],
  ])('says which addresses to set where the API server %s', async (_, cidr, because, expected) => {
    const [found = '', ...others] = await troubles(healthy(), 'production', cidr, because);
    expect(others).toEqual([]);
    expect(found).toMatch(expected);
    expect(found).toContain("set monitoring.apiServer to [{ cidr: '10.1.2.3/32', ports: [6443] }]");
  });

  it('asks dev neither for metrics nor for operators', async () => {
    const base = healthy();
    const bare = { ...base, lists: { ...base.lists, 'apiservices.apiregistration.k8s.io': [], storageclasses: [] } };
    expect(await troubles(bare, 'dev')).toEqual([]);
    expect(lacksSomething(await examined(bare, 'dev'))).toBe(false);
  });

  it('fails where an environment cannot run', async () => {
    const base = healthy();
    const examinations = await examined({ ...base, lists: { ...base.lists, ingressclasses: [] } });
    expect(lacksSomething(examinations)).toBe(true);
    expect(renderExamination(examinations)).toContain('NO  ingress class traefik');
  });

  it('says what to do without a cluster, and without kubectl', async () => {
    const away = { code: 1, stderr: 'The connection to the server localhost:8080 was refused\n' };
    await expect(examined({ others: { version: away } })).rejects.toThrow(
      /no cluster answers: .*refused\nPoint KUBECONFIG/,
    );
    await expect(examined({ others: { version: { code: 127 } } })).rejects.toThrow('kubectl is not installed');
  });
});
