import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { DNS } from '../constructs/traffic-policy.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { storeTraffic } from './traffic.ts';

const labelsOf = (name: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': production.namespace,
});

function admitted(name: string, port: number): string[] {
  const rules = storeTraffic(production, catalog).find((traffic) => traffic.name === name)?.ingress ?? [];
  return rules
    .filter(({ ports }) => ports.includes(port))
    .flatMap(({ peers }) =>
      peers.flatMap((peer) => (peer.kind === 'pods' ? [peer.labels['app.kubernetes.io/name'] ?? ''] : [])),
    );
}

describe('storeTraffic', () => {
  it('admits the services that call redis, the group itself and its jobs to the servers, and not the front', () => {
    expect(admitted('redis', 6379)).toEqual([
      'users',
      'quotes',
      'search',
      'redis',
      'redis-sentinel',
      'redis-backup',
      'redis-restore',
    ]);
    expect(admitted('redis-sentinel', 26379)).toEqual(admitted('redis', 6379));
  });

  it('admits a client by the labels of its own namespace, so that no other environment gets in', () => {
    const [servers] = storeTraffic(production, catalog);
    expect(servers?.ingress[0]?.peers).toContainEqual({ kind: 'pods', labels: labelsOf('quotes') });
  });

  it('opens the exporter to the Prometheus of the environment and to nobody else', () => {
    const [servers] = storeTraffic(production, catalog);
    expect(servers?.ingress.filter(({ ports }) => ports.includes(9121))).toEqual([
      {
        ports: [9121],
        peers: [expect.objectContaining({ kind: 'peer', namespace: 'quotes-production-monitoring' })],
      },
    ]);
  });

  it('lets nobody call a backup job', () => {
    expect(storeTraffic(production, catalog).find(({ name }) => name === 'redis-backup')?.ingress).toEqual([]);
  });

  it('lets the jobs out to the bucket of the backups, and nobody else', () => {
    const range = { cidr: '203.0.113.0/24', ports: [443] };
    const target = {
      kind: 's3',
      endpoint: 'https://s3.example.com',
      region: 'eu',
      bucket: 'b',
      addresses: [range],
    } as const;
    const { redis } = production;
    if (redis.kind !== 'sentinel' || redis.persistence.backup === null) throw new Error('production has backups');
    const persistence = { ...redis.persistence, backup: { ...redis.persistence.backup, target } };
    const out = { peers: [{ kind: 'addresses', cidr: range.cidr }], ports: range.ports };
    const traffic = storeTraffic({ ...production, redis: { ...redis, persistence } }, catalog);
    expect(traffic.filter(({ egress }) => egress.some((rule) => JSON.stringify(rule) === JSON.stringify(out)))).toEqual(
      [expect.objectContaining({ name: 'redis-backup' }), expect.objectContaining({ name: 'redis-restore' })],
    );
    expect(traffic.at(-1)?.egress).toContainEqual(DNS);
  });

  it('lets a single server call nobody', () => {
    expect(storeTraffic(dev, catalog)).toEqual([expect.objectContaining({ name: 'redis', egress: [] })]);
  });
});
