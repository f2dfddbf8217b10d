import { describe, expect, it } from 'vitest';
import { at, manifestsOf, namesOf, theOnly } from '../../test/manifests.ts';
import { PLATFORM, planOf, publicRoutes } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { Edge } from '../plan/environment.ts';
import { EdgeAddons } from './edge-addons.ts';

const NAME = PLATFORM.project.name;

function addonsOf(change: Partial<Edge> = {}, base = production) {
  const environment = { ...base, edge: { ...base.edge, ...change } };
  return manifestsOf((chart) => new EdgeAddons(chart, 'edge', planOf(environment)));
}

describe('what the edge needs of Traefik', () => {
  const manifests = addonsOf();
  const middleware = (name: string) => at(theOnly(manifests, 'Middleware', name), 'spec');

  it('limits the requests of one client to the average and the burst of the environment', () => {
    expect(middleware('rate-limit')).toEqual({ rateLimit: { average: 10, period: '1m', burst: 30 } });
  });

  it('counts a client behind trusted proxies by what they say, not the proxy', () => {
    const behind = addonsOf({ trustedProxies: ['10.0.0.0/8'] });
    expect(at(theOnly(behind, 'Middleware', 'rate-limit'), 'spec.rateLimit.sourceCriterion')).toEqual({
      ipStrategy: { excludedIPs: ['10.0.0.0/8'] },
    });
  });

  it('sends browsers to HTTPS and keeps them there', () => {
    expect(middleware('redirect-to-https')).toEqual({ redirectScheme: { scheme: 'https', permanent: true } });
    expect(middleware('security-headers')).toMatchObject({
      headers: { stsSeconds: 31_536_000, contentTypeNosniff: true, frameDeny: true },
    });
  });

  it('is nothing where its middlewares are not installed', () => {
    expect(namesOf(addonsOf({ middlewares: false, rateLimit: null }), 'Middleware')).toEqual([]);
    expect(addonsOf({}, dev)).toEqual([]);
  });

  it('is no rate limit where none is wanted', () => {
    expect(namesOf(addonsOf({ rateLimit: null }), 'Middleware')).toEqual(['security-headers', 'redirect-to-https']);
  });
});

describe('what the edge needs of cert-manager', () => {
  const manifests = addonsOf();

  it('is a certificate of the host, written into the Secret that the route serves', () => {
    expect(at(theOnly(manifests, 'Certificate'), 'spec')).toMatchObject({
      secretName: `${NAME}-tls`,
      dnsNames: [production.edge.host],
      issuerRef: { kind: 'Issuer', name: 'letsencrypt-production' },
    });
  });

  it('is an issuer of its own, which proves the host through the same ingress controller', () => {
    expect(at(theOnly(manifests, 'Issuer', 'letsencrypt-production'), 'spec.acme')).toMatchObject({
      server: 'https://acme-v02.api.letsencrypt.org/directory',
      solvers: [{ http01: { ingress: { ingressClassName: 'traefik' } } }],
    });
  });
});

describe('the edge as Gateway API', () => {
  const manifests = addonsOf({ exposure: 'gateway' });
  const route = theOnly(manifests, 'HTTPRoute', NAME);

  it('listens for the host on HTTP and, with its certificate, HTTPS', () => {
    const shared = { hostname: production.edge.host, allowedRoutes: { namespaces: { from: 'Same' } } };
    expect(at(theOnly(manifests, 'Gateway'), 'spec.listeners')).toEqual([
      { ...shared, name: 'http', port: production.edge.listeners.http, protocol: 'HTTP' },
      {
        ...shared,
        name: 'https',
        port: production.edge.listeners.https,
        protocol: 'HTTPS',
        tls: { mode: 'Terminate', certificateRefs: [{ name: `${NAME}-tls` }] },
      },
    ]);
  });

  it('leads every public path of the catalog to its service, through the same middlewares', () => {
    const filters = ['rate-limit', 'security-headers'].map((name) => ({
      type: 'ExtensionRef',
      extensionRef: { group: 'traefik.io', kind: 'Middleware', name },
    }));
    const rules = publicRoutes().map(({ path, name, port }) => ({
      matches: [{ path: { type: 'PathPrefix', value: path } }],
      filters,
      backendRefs: [{ name, port }],
    }));
    expect(at(route, 'spec.rules')).toEqual(rules);
    expect(at(route, 'spec.parentRefs')).toEqual([{ name: NAME, sectionName: 'https' }]);
  });

  it('redirects plain HTTP by a route, not by a middleware', () => {
    expect(at(theOnly(manifests, 'HTTPRoute', `${NAME}-redirect`), 'spec.rules')).toEqual([
      { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] },
    ]);
    expect(namesOf(manifests, 'Middleware')).not.toContain('redirect-to-https');
  });

  it('is one listener and one route on plain HTTP without TLS', () => {
    const plain = addonsOf({ exposure: 'gateway', tls: { kind: 'none' } });
    expect(at(theOnly(plain, 'Gateway'), 'spec.listeners')).toHaveLength(1);
    expect(at(theOnly(plain, 'HTTPRoute'), 'spec.parentRefs')).toEqual([{ name: NAME, sectionName: 'http' }]);
  });

  it('names no middleware where none is installed', () => {
    const bare = addonsOf({ exposure: 'gateway', middlewares: false, rateLimit: null });
    expect(at(theOnly(bare, 'HTTPRoute', NAME), 'spec.rules.0')).not.toHaveProperty('filters');
  });

  it('proves the host through its own listener', () => {
    expect(at(theOnly(manifests, 'Issuer'), 'spec.acme.solvers')).toEqual([
      { http01: { gatewayHTTPRoute: { parentRefs: [{ kind: 'Gateway', name: NAME, sectionName: 'http' }] } } },
    ]);
  });
});
