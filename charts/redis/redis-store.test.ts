import { App, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Resource } from '../../guardrails/field.ts';
import { planOf } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import type { EnvironmentWithStore as Environment } from '../plan/environment.ts';
import { RedisStore } from './redis-store.ts';

const EXTERNAL: Environment = {
  ...production,
  redis: {
    kind: 'external',
    target: { kind: 'url', url: 'rediss://redis.example.com:6380/0' },
    username: 'quotes',
    addresses: [{ cidr: '203.0.113.7/32', ports: [6380] }],
    waitReplicas: 0,
  },
};

function rendered(environment: Environment): Resource[] {
  const chart = new Chart(new App(), 'test', { namespace: environment.namespace, disableResourceNameHashes: true });
  new RedisStore(chart, 'redis', { environment, plan: planOf(environment) });
  return chart.toJson().map((value: unknown) => new Resource({ file: 'test', document: 0, within: [] }, value));
}

function find(environment: Environment, kind: string, name: string): Resource {
  const found = rendered(environment).find((resource) => resource.kind === kind && resource.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

const names = (environment: Environment) => rendered(environment).map(({ kind, name }) => `${kind}/${name}`);

describe('RedisStore', () => {
  it('is one server without a volume, a budget or backups in dev', () => {
    expect(names(dev)).toEqual([
      'ServiceAccount/redis',
      'ConfigMap/redis',
      'Service/redis',
      'StatefulSet/redis',
      'NetworkPolicy/redis-traffic',
    ]);
    const spec = find(dev, 'StatefulSet', 'redis').at('spec');
    expect(spec.at('replicas').number).toBe(1);
    expect(spec.at('volumeClaimTemplates').items).toHaveLength(0);
    expect(find(dev, 'ConfigMap', 'redis').at('data', 'redis.conf').text).toContain('\nappendonly no\n');
  });

  it('is one server that writes every command to its volume, with backups, in staging', () => {
    expect(names(staging)).toContain('CronJob/redis-backup');
    expect(names(staging)).not.toContain('StatefulSet/redis-sentinel');
    const conf = find(staging, 'ConfigMap', 'redis').at('data', 'redis.conf').text;
    expect(conf).toContain('\nappendonly yes\nappendfsync always\n');
    expect(conf).toContain('\nmaxmemory 512mb\n');
    expect(conf).toContain('\nmaxmemory-policy noeviction\n');
    expect(conf).not.toContain('min-replicas');
  });

  it('is three servers and three Sentinels, each on a node of its own, in production', () => {
    for (const name of ['redis', 'redis-sentinel']) {
      const spec = find(production, 'StatefulSet', name).at('spec');
      const term = spec.at(
        'template',
        'spec',
        'affinity',
        'podAntiAffinity',
        'requiredDuringSchedulingIgnoredDuringExecution',
        0,
      );
      expect(spec.at('replicas').number).toBe(3);
      expect(spec.at('podManagementPolicy').text).toBe('Parallel');
      expect(term.at('topologyKey').text).toBe('kubernetes.io/hostname');
      expect(find(production, 'PodDisruptionBudget', name).at('spec', 'minAvailable').number).toBe(2);
      expect(find(production, 'Service', name).at('spec', 'publishNotReadyAddresses').value).toBe(true);
      expect(spec.at('volumeClaimTemplates').items).toHaveLength(1);
    }
    expect(find(production, 'ConfigMap', 'redis').at('data', 'redis.conf').text).toContain(
      '\nmin-replicas-to-write 2\n',
    );
  });

  it('only prefers other nodes where the budget has fewer nodes than servers', () => {
    const small = { ...production, budget: { ...production.budget, nodes: 2 } };
    const affinity = find(small, 'StatefulSet', 'redis').at('spec', 'template', 'spec', 'affinity', 'podAntiAffinity');
    expect(affinity.at('requiredDuringSchedulingIgnoredDuringExecution').items).toHaveLength(0);
    expect(affinity.at('preferredDuringSchedulingIgnoredDuringExecution').items).toHaveLength(1);
  });

  it('renders nothing for an external Redis', () => {
    expect(names(EXTERNAL)).toEqual([]);
  });

  it('runs every container as Pod Security restricted asks, without a token, service links or a writable root', () => {
    const workloads = rendered(production).filter(({ kind }) => kind === 'StatefulSet' || kind === 'CronJob');
    expect(workloads).toHaveLength(4);
    for (const workload of workloads) {
      const job = workload.kind === 'CronJob' ? ['jobTemplate', 'spec'] : [];
      const pod = workload.at('spec', ...job, 'template', 'spec');
      expect(pod.at('automountServiceAccountToken').value).toBe(false);
      expect(pod.at('enableServiceLinks').value).toBe(false);
      expect(pod.at('securityContext', 'runAsUser').number).toBe(10_001);
      for (const container of [...pod.at('initContainers').items, ...pod.at('containers').items]) {
        const security = container.at('securityContext');
        expect(security.at('readOnlyRootFilesystem').value).toBe(true);
        expect(security.at('allowPrivilegeEscalation').value).toBe(false);
        expect(security.at('capabilities', 'drop', 0).text).toBe('ALL');
        expect(security.at('seccompProfile', 'type').text).toBe('RuntimeDefault');
        expect(container.at('resources', 'limits', 'memory').text).toMatch(/^\d+(Mi|Gi)$/);
      }
    }
  });

  it('keeps the names of a group that fails over in a hosts file of the pod, put in place before the container', () => {
    for (const name of ['redis', 'redis-sentinel']) {
      const pod = find(production, 'StatefulSet', name).at('spec', 'template', 'spec');
      const mount = pod
        .at('containers', 0, 'volumeMounts')
        .items.find((one) => one.at('mountPath').text === '/etc/hosts');
      expect([mount?.at('name').text, mount?.at('subPath').text]).toEqual(['names', 'hosts']);
      expect(pod.at('initContainers', 0, 'command').value).toEqual(['cp', '/etc/hosts', '/names/hosts']);
      expect(pod.at('initContainers', 0, 'volumeMounts').value).toEqual([{ name: 'names', mountPath: '/names' }]);
    }
    expect(find(dev, 'StatefulSet', 'redis').at('spec', 'template', 'spec', 'initContainers').items).toEqual([]);
  });

  it('has an exporter beside each server only where somebody scrapes it', () => {
    const containers = (environment: Environment) =>
      find(environment, 'StatefulSet', 'redis')
        .at('spec', 'template', 'spec', 'containers')
        .items.map((container) => container.at('name').text);
    expect(containers(dev)).toEqual(['redis']);
    expect(containers(production)).toEqual(['redis', 'exporter']);
  });

  it('rolls the servers when a script or a figure of theirs changes, and leaves the Sentinels alone', () => {
    if (production.redis.kind !== 'sentinel') throw new Error('production has Sentinels');
    const container = { ...production.redis.container, maxClients: 900 };
    const changed = { ...production, redis: { ...production.redis, container } };
    const sum = (environment: Environment, name: string) =>
      find(environment, 'StatefulSet', name).at('spec', 'template', 'metadata', 'annotations', 'checksum/config').text;
    expect(sum(changed, 'redis')).not.toBe(sum(production, 'redis'));
    expect(sum(changed, 'redis-sentinel')).toBe(sum(production, 'redis-sentinel'));
  });

  it('backs up by the schedule of the environment, one run at a time, and never runs a restore by itself', () => {
    const backup = find(production, 'CronJob', 'redis-backup').at('spec');
    expect(backup.at('schedule').text).toBe('17 * * * *');
    expect(backup.at('concurrencyPolicy').text).toBe('Forbid');
    expect(backup.at('suspend').value).toBe(false);
    expect(find(production, 'CronJob', 'redis-restore').at('spec', 'suspend').value).toBe(true);
  });

  it('gives the password of the repository to restic alone, and that of the servers to their own image', () => {
    for (const name of ['redis-backup', 'redis-restore']) {
      const pod = find(production, 'CronJob', name).at('spec', 'jobTemplate', 'spec', 'template', 'spec');
      const containers = [...pod.at('initContainers').items, ...pod.at('containers').items];
      expect(containers).toHaveLength(4);
      for (const container of containers) {
        const mounts = container.at('volumeMounts').items.map((mount) => mount.at('name').text);
        const restic = container.at('image').text?.includes('/restic:') === true;
        expect([mounts.includes('repository-secrets'), mounts.includes('secrets')]).toEqual([restic, !restic]);
        expect(
          container
            .at('command')
            .items.map(({ text }) => text)
            .join(' '),
        ).not.toMatch(/password|secret/i);
      }
    }
  });

  it('is the same, byte for byte, in two runs', () => {
    const text = () => JSON.stringify(rendered(production).map(({ root }) => root.value));
    expect(text()).toBe(text());
  });
});
