import { describe, expect, it } from 'vitest';
import { at, manifestsOf, namesOf, theOnly } from '../../test/manifests.ts';
import { PLATFORM, planOf, publicRoutes } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { Edge } from '../plan/environment.ts';
import { edgePart } from './part.ts';

const NAME = PLATFORM.project.name;
const NS = production.namespace;

function edgeOf(change: Partial<Edge> = {}, base = production) {
  const environment = { ...base, edge: { ...base.edge, ...change } };
  const [part] = edgePart({ ...PLATFORM, environment });
  return manifestsOf((chart) => part?.render(chart, planOf(environment)));
}

const ENTRY_POINTS = 'traefik.ingress.kubernetes.io/router.entrypoints';
const MIDDLEWARES = 'traefik.ingress.kubernetes.io/router.middlewares';

describe('the edge with TLS', () => {
  const manifests = edgeOf();
  const route = theOnly(manifests, 'Ingress', NAME);
  const redirect = theOnly(manifests, 'Ingress', `${NAME}-redirect`);

  it('leads the paths of the host to their services', () => {
    expect(at(route, 'spec.ingressClassName')).toBe('traefik');
    const paths = publicRoutes().map(({ path, name, port }) => ({
      path,
      pathType: 'Prefix',
      backend: { service: { name, port: { number: port } } },
    }));
    expect(at(route, 'spec.rules')).toEqual([{ host: production.edge.host, http: { paths } }]);
  });

  it('serves the certificate of the host', () => {
    expect(at(route, 'spec.tls')).toEqual([{ hosts: [production.edge.host], secretName: `${NAME}-tls` }]);
  });

  it('is entered by HTTPS, through the rate limit and the security headers', () => {
    expect(at(route, 'metadata.annotations')).toEqual({
      [ENTRY_POINTS]: 'websecure',
      [MIDDLEWARES]: `${NS}-rate-limit@kubernetescrd,${NS}-security-headers@kubernetescrd`,
    });
  });

  it('redirects plain HTTP', () => {
    expect(at(redirect, 'metadata.annotations')).toEqual({
      [ENTRY_POINTS]: 'web',
      [MIDDLEWARES]: `${NS}-redirect-to-https@kubernetescrd`,
    });
    expect(at(redirect, 'spec')).not.toHaveProperty('tls');
    expect(at(redirect, 'spec.rules')).toEqual(at(route, 'spec.rules'));
  });

  it('lets the ingress controller reach the pod that answers the certificate authority, and that pod nobody', () => {
    expect(at(theOnly(manifests, 'NetworkPolicy', 'acme-solver-traffic'), 'spec')).toEqual({
      podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } },
              podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
            },
          ],
          ports: [{ port: 8089, protocol: 'TCP' }],
        },
      ],
    });
  });

  it('passes no rate limit where none is wanted', () => {
    expect(at(theOnly(edgeOf({ rateLimit: null }), 'Ingress', NAME), 'metadata.annotations')).toMatchObject({
      [MIDDLEWARES]: `${NS}-security-headers@kubernetescrd`,
    });
  });

  it('names no middleware, and so no redirect, where they are not installed: Traefik would answer 404', () => {
    const without = edgeOf({ middlewares: false, rateLimit: null });
    expect(namesOf(without, 'Ingress')).toEqual([NAME]);
    expect(at(theOnly(without, 'Ingress'), 'metadata.annotations')).toEqual({ [ENTRY_POINTS]: 'websecure' });
  });

  it('says nothing of Traefik to another controller', () => {
    const nginx = edgeOf({ className: 'nginx', middlewares: false, rateLimit: null });
    expect(at(theOnly(nginx, 'Ingress'), 'metadata.annotations') ?? {}).toEqual({});
    expect(at(theOnly(nginx, 'Ingress'), 'spec.ingressClassName')).toBe('nginx');
  });

  it('leaves the routes to the addons where Gateway API is chosen', () => {
    const gateway = edgeOf({ exposure: 'gateway' });
    expect(namesOf(gateway, 'Ingress')).toEqual([]);
    expect(namesOf(gateway, 'NetworkPolicy')).toEqual(['acme-solver-traffic']);
  });
});

describe('the edge without TLS', () => {
  const manifests = edgeOf({}, dev);

  it('is one Ingress on plain HTTP, without redirect, certificate or solver', () => {
    expect(namesOf(manifests, 'Ingress')).toEqual([NAME]);
    expect(namesOf(manifests, 'NetworkPolicy')).toEqual([]);
    expect(at(theOnly(manifests, 'Ingress'), 'spec')).not.toHaveProperty('tls');
    expect(at(theOnly(manifests, 'Ingress'), 'metadata.annotations')).toEqual({ [ENTRY_POINTS]: 'web' });
  });
});
