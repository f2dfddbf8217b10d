import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { environments } from '../environments/all.ts';
import { production } from '../environments/production.ts';
import type { Edge } from '../plan/environment.ts';
import { edgeProblems } from './part.ts';

const NGINX = { namespace: 'ingress-nginx', podLabels: { 'app.kubernetes.io/name': 'ingress-nginx' } };

function changed(change: Partial<Edge>): string[] {
  return edgeProblems({ ...production.edge, ...change }, catalog);
}

describe('an edge that would serve nobody is told', () => {
  it('but none of the committed ones, as Ingress or as Gateway', () => {
    for (const { edge } of environments) {
      expect(edgeProblems(edge, catalog)).toEqual([]);
      expect(edgeProblems({ ...edge, exposure: 'gateway' }, catalog)).toEqual([]);
    }
  });

  it.each([
    ['ingress', 'IngressClass'],
    ['gateway', 'GatewayClass'],
  ] as const)('when the %s has no class', (exposure, kind) => {
    expect(changed({ exposure, className: '' })).toEqual([
      `edge.className is empty: no controller would take the ${exposure}; name its ${kind}`,
    ]);
  });

  it('when nothing would lead http:// to https://', () => {
    const bare = { middlewares: false, rateLimit: null };
    expect(changed(bare)).toEqual([
      'edge.tls has an issuer, but edge.middlewares is false and Traefik would answer http:// with 404 instead of a redirect; ' +
        "set middlewares to true or expose a 'gateway'",
    ]);
    expect(changed({ ...bare, tls: { kind: 'none' } })).toEqual([]);
    expect(changed({ ...bare, exposure: 'gateway' })).toEqual([]);
    expect(changed({ ...bare, className: 'nginx', controller: NGINX })).toEqual([]);
  });

  it('when a Gateway would speak two protocols on one port', () => {
    expect(changed({ exposure: 'gateway', listeners: { http: 8000, https: 8000 } })).toEqual([
      'edge.listeners.http and .https are both 8000; a Gateway listens on one port for one protocol',
    ]);
    expect(changed({ listeners: { http: 8000, https: 8000 } })).toEqual([]);
  });

  it('when the policies would let in the pods of another controller', () => {
    const nginx = { className: 'nginx', middlewares: false, rateLimit: null };
    expect(changed(nginx)).toEqual([
      "edge.className is 'nginx', but edge.controller admits the pods of traefik: no request would get through; give the namespace and labels of nginx",
    ]);
  });

  it('when nothing would read the networks of the trusted proxies', () => {
    const trustedProxies = ['10.0.0.0/8'];
    expect(changed({ trustedProxies })).toEqual([]);
    expect(changed({ trustedProxies, rateLimit: null })).toEqual([
      'edge.trustedProxies are given, but edge.rateLimit is null and nothing would read them; use []',
    ]);
  });

  it('when a node port would lead nowhere', () => {
    expect(edgeProblems({ ...production.edge, nodePort: 30_080 }, [])).toEqual([
      "edge.nodePort 30080 would lead nowhere: no service has the route '/'; use null",
    ]);
  });
});
