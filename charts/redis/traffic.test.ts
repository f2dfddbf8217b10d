import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
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

  it('lets a single server call nobody', () => {
    expect(storeTraffic(dev, catalog)).toEqual([expect.objectContaining({ name: 'redis', egress: [] })]);
  });
});
