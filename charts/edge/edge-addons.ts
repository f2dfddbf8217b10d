import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Route } from '../constructs/public-route.ts';
import type { Environment } from '../plan/environment.ts';
import { certificateSecret } from '../plan/internal-tls.ts';
import { certificateName } from '../plan/namespace.ts';
import type { Plan } from '../plan/part.ts';
import { backendAnnotations, EDGE_CLIENT, edgeNames, middlewaresOf, routesOf } from './public-edge.ts';

/** What the edge needs of Traefik and cert-manager: rate limit, security headers, redirect, certificate. */
export class EdgeAddons extends Construct {
  private readonly labels: Record<string, string>;
  private readonly names: ReturnType<typeof edgeNames>;

  constructor(scope: Construct, id: string, plan: Plan) {
    super(scope, id);
    const { edge } = plan.environment;
    this.names = edgeNames(plan.project);
    this.labels = plan.labels({ name: this.names.route, component: 'edge' });
    if (edge.exposure === 'gateway') new GatewayRoute(this, 'gateway', { plan, labels: this.labels });
    if (edge.middlewares) this.addMiddlewares(plan.environment);
    if (edge.tls.kind === 'issuer') this.addCertificate(plan, edge.tls);
    for (const service of plan.catalog)
      if (Object.keys(backendAnnotations(service, plan.environment)).length > 0) this.addTransport(service.name);
  }

  /** Traefik calls pods by address: the name that their certificate must have is said here. */
  private addTransport(serverName: string): void {
    const secret = certificateSecret(EDGE_CLIENT);
    new ApiObject(this, `${serverName}-transport`, {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'ServersTransport',
      metadata: { name: serverName, labels: this.labels },
      spec: { serverName, rootCAs: [{ secret }], certificatesSecrets: [secret] },
    });
  }

  private addMiddlewares({ edge }: Environment): void {
    const { rateLimit } = edge;
    if (rateLimit !== null) {
      this.middleware(this.names.rateLimit, {
        rateLimit: {
          average: rateLimit.requestsPerMinute,
          period: '1m',
          burst: rateLimit.burst,
          // By default a client is who opened the connection: behind a proxy, everybody.
          ...(edge.trustedProxies.length === 0
            ? {}
            : { sourceCriterion: { ipStrategy: { excludedIPs: edge.trustedProxies } } }),
        },
      });
    }
    this.middleware(this.names.securityHeaders, { headers: SECURITY_HEADERS });
    if (edge.tls.kind !== 'none' && edge.exposure === 'ingress') {
      this.middleware(this.names.redirectToHttps, { redirectScheme: { scheme: 'https', permanent: true } });
    }
  }

  private addCertificate(
    { environment: { edge }, project }: Plan,
    tls: Extract<Environment['edge']['tls'], { kind: 'issuer' }>,
  ): void {
    const solver =
      edge.exposure === 'gateway'
        ? {
            http01: {
              gatewayHTTPRoute: { parentRefs: [{ kind: 'Gateway', name: this.names.route, sectionName: 'http' }] },
            },
          }
        : { http01: { ingress: { ingressClassName: edge.className } } };
    new ApiObject(this, 'issuer', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name: tls.issuer, labels: this.labels },
      spec: {
        acme: {
          server: tls.server,
          email: project.contact,
          privateKeySecretRef: { name: `${tls.issuer}-account` },
          solvers: [solver],
        },
      },
    });
    new ApiObject(this, 'certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: certificateName(project), labels: this.labels },
      spec: {
        secretName: certificateName(project),
        dnsNames: [edge.host],
        issuerRef: { kind: 'Issuer', name: tls.issuer },
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      },
    });
  }

  private middleware(name: string, spec: Record<string, unknown>): void {
    new ApiObject(this, name, {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata: { name, labels: this.labels },
      spec,
    });
  }
}

/** https://owasp.org/www-project-secure-headers/; the pages' own Content-Security-Policy comes from the application. */
const SECURITY_HEADERS = {
  stsSeconds: 31_536_000,
  stsIncludeSubdomains: true,
  contentTypeNosniff: true,
  frameDeny: true,
  referrerPolicy: 'strict-origin-when-cross-origin',
  permissionsPolicy: 'camera=(), geolocation=(), microphone=()',
};

export interface GatewayRouteProps {
  readonly plan: Plan;
  readonly labels: Readonly<Record<string, string>>;
}

const API_VERSION = 'gateway.networking.k8s.io/v1';

/** The Ingress's routes as Gateway API: a Gateway, an HTTPRoute to the services and, with TLS, one that redirects to it. */
export class GatewayRoute extends Construct {
  constructor(scope: Construct, id: string, { plan, labels }: GatewayRouteProps) {
    super(scope, id);
    const { environment, catalog, project } = plan;
    const { edge } = environment;
    const names = edgeNames(project);
    const encrypted = edge.tls.kind !== 'none';
    this.object('gateway', 'Gateway', names.route, labels, {
      gatewayClassName: edge.className,
      listeners: listenersOf(environment, certificateName(project)),
    });
    this.object('route', 'HTTPRoute', names.route, labels, {
      parentRefs: [{ name: names.route, sectionName: encrypted ? 'https' : 'http' }],
      hostnames: [edge.host],
      rules: routesOf(catalog).map((route) => rule(route, environment)),
    });
    if (encrypted) {
      this.object('redirect', 'HTTPRoute', names.redirect, labels, {
        parentRefs: [{ name: names.route, sectionName: 'http' }],
        hostnames: [edge.host],
        rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
      });
    }
  }

  private object(id: string, kind: string, name: string, labels: Readonly<Record<string, string>>, spec: object): void {
    new ApiObject(this, id, { apiVersion: API_VERSION, kind, metadata: { name, labels: { ...labels } }, spec });
  }
}

function listenersOf({ edge }: Environment, certificate: string): Record<string, unknown>[] {
  const shared = { hostname: edge.host, allowedRoutes: { namespaces: { from: 'Same' } } };
  const http = { ...shared, name: 'http', port: edge.listeners.http, protocol: 'HTTP' };
  if (edge.tls.kind === 'none') return [http];
  const tls = { mode: 'Terminate', certificateRefs: [{ name: certificate }] };
  return [http, { ...shared, name: 'https', port: edge.listeners.https, protocol: 'HTTPS', tls }];
}

function rule({ path, service, port }: Route, environment: Environment): Record<string, unknown> {
  const filters = middlewaresOf(environment).map((name) => ({
    type: 'ExtensionRef',
    extensionRef: { group: 'traefik.io', kind: 'Middleware', name },
  }));
  return {
    matches: [{ path: { type: 'PathPrefix', value: path } }],
    ...(filters.length === 0 ? {} : { filters }),
    backendRefs: [{ name: service, port }],
  };
}
