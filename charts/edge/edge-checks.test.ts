import { describe, expect, it } from 'vitest';
import { environments } from '../environments/all.ts';
import type { Edge } from '../environments/edge.ts';
import { production } from '../environments/production.ts';
import { edgeProblems } from './edge-checks.ts';

function changed(change: Partial<Edge>): string[] {
  return edgeProblems({ ...production.edge, ...change });
}

describe('an edge that would serve nobody is told', () => {
  it('but none of the committed ones, as Ingress or as Gateway', () => {
    for (const { edge } of environments) {
      expect(edgeProblems(edge)).toEqual([]);
      expect(edgeProblems({ ...edge, exposure: 'gateway' })).toEqual([]);
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

  it('when the exposure is none', () => {
    expect(changed({ exposure: 'gatway' as never })).toEqual([
      "edge.exposure 'gatway' is unknown; choose one of ingress, gateway",
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
    expect(changed({ ...bare, className: 'nginx' })).toEqual([]);
  });

  it('when a Gateway would speak two protocols on one port', () => {
    expect(changed({ exposure: 'gateway', listeners: { http: 8000, https: 8000 } })).toEqual([
      'edge.listeners.http and .https are both 8000; a Gateway listens on one port for one protocol',
    ]);
    expect(changed({ listeners: { http: 8000, https: 8000 } })).toEqual([]);
  });

  it('when no certificate could be asked for', () => {
    const [name, server, ...more] = changed({ tls: { kind: 'issuer', issuer: '', server: 'http://acme.example.com' } });
    expect(name).toMatch(/^edge\.tls\.issuer '' is not a DNS label;/);
    expect(server).toBe(
      "edge.tls.server 'http://acme.example.com' is not an https:// address; give the ACME directory of the issuer",
    );
    expect(more).toEqual([]);
  });

  it('when the controller is everybody, or nobody', () => {
    expect(changed({ controller: { namespace: 'traefik', podLabels: {} } })).toEqual([
      'edge.controller.podLabels is empty: every pod of its namespace would reach the services; give the labels of the controller',
    ]);
    expect(changed({ controller: { namespace: '', podLabels: { app: 'traefik' } } })[0]).toMatch(
      /^edge\.controller\.namespace '' is not a DNS label;/,
    );
  });
});
