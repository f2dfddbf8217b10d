import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { selectorLabels } from '../constructs/labels.ts';
import type { TrafficPeer } from '../constructs/traffic-policy.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import { front } from '../services/front.ts';
import { quotes } from '../services/quotes.ts';
import type { ServiceSpec } from '../services/service.ts';
import { users } from '../services/users.ts';
import { hasNodePort, serviceEgress, serviceIngress } from './service-traffic.ts';

const pods = (name: string): TrafficPeer => ({ kind: 'pods', labels: selectorLabels(name, 'quotes-production') });
const TRAEFIK: TrafficPeer = { kind: 'peer', ...production.edge.controller };
const DARK = { ...production, monitoring: { kind: 'off' } } as const;

describe('the traffic into a service', () => {
  it('comes from the edge and from its callers, to the HTTP port', () => {
    expect(serviceIngress(users, catalog, DARK)).toEqual([{ peers: [TRAEFIK, pods('front')], ports: [5000] }]);
  });

  it('comes from its callers alone where it has no public path', () => {
    expect(serviceIngress({ ...users, publicPaths: [] }, catalog, DARK)).toEqual([
      { peers: [pods('front')], ports: [5000] },
    ]);
  });

  it('is none where nobody calls it', () => {
    expect(serviceIngress({ ...users, publicPaths: [] }, [], DARK)).toEqual([]);
  });

  it('comes to the admin port from the scraper only', () => {
    const rules = serviceIngress(users, catalog, production);
    expect(rules.filter(({ ports }) => ports.includes(8080))).toEqual([
      {
        peers: [
          {
            kind: 'peer',
            namespace: 'quotes-production-monitoring',
            podLabels: selectorLabels('prometheus', 'quotes-production-monitoring'),
          },
        ],
        ports: [8080],
      },
    ]);
  });

  it('comes to the front from anywhere where a node port leads to it', () => {
    expect(hasNodePort(front, dev)).toBe(true);
    expect(hasNodePort(users, dev)).toBe(false);
    expect(hasNodePort(front, production)).toBe(false);
    expect(serviceIngress(front, catalog, dev)[0]?.peers).toContainEqual({ kind: 'addresses', cidr: '0.0.0.0/0' });
    expect(serviceIngress(users, catalog, dev)[0]?.peers).not.toContainEqual({ kind: 'addresses', cidr: '0.0.0.0/0' });
  });
});

describe('the traffic out of a service', () => {
  it('goes to the names and to the services that it calls', () => {
    expect(serviceEgress(front, DARK)).toEqual([
      expect.objectContaining({ ports: [53], protocols: ['UDP', 'TCP'] }),
      { peers: [pods('users'), pods('quotes'), pods('search')], ports: [5000] },
    ]);
  });

  it('goes to the store, and where it fails over to its Sentinels', () => {
    expect(serviceEgress(quotes, DARK).slice(1)).toEqual([
      { peers: [pods('redis')], ports: [6379] },
      { peers: [pods('redis-sentinel')], ports: [26379] },
    ]);
  });

  it('goes to the names alone where nothing is called', () => {
    const lonely: ServiceSpec = { ...quotes, calls: [] };
    expect(serviceEgress(lonely, DARK).map(({ ports }) => ports)).toEqual([[53]]);
  });

  it('meets a policy that lets it in: every edge is declared once and opened on both sides', () => {
    for (const caller of catalog) {
      for (const called of catalog.filter(({ name }) => caller.calls.includes(name))) {
        const out = serviceEgress(caller, production).flatMap(({ peers }) => peers);
        const into = serviceIngress(called, catalog, production).flatMap(({ peers }) => peers);
        expect(out).toContainEqual(pods(called.name));
        expect(into).toContainEqual(pods(caller.name));
      }
    }
  });
});
