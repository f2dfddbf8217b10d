import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Route } from '../constructs/public-route.ts';
import type { Edge, Environment } from '../plan/environment.ts';
import { certificateSecret } from '../plan/internal-tls.ts';
import { certificateName } from '../plan/namespace.ts';
import type { Plan } from '../plan/part.ts';
import {
  backendAnnotations,
  EDGE_CLIENT,
  edgeNames,
  middlewaresOf,
  routesOf,
  traefikRateLimit,
} from './public-edge.ts';

/** What the edge needs of Traefik and cert-manager, and the Gateway in place of the Ingress: rate limit, security headers, redirect, certificate. */
export class EdgeAddons extends Construct {
  readonly #plan: Plan;
  readonly #names: ReturnType<typeof edgeNames>;
  readonly #labels: Record<string, string>;

  constructor(scope: Construct, id: string, plan: Plan) {
    super(scope, id);
    this.#plan = plan;
    this.#names = edgeNames(plan.project);
    this.#labels = plan.labels({ name: this.#names.route, component: 'edge' });
    const { edge } = plan.environment;
    if (edge.exposure === 'gateway') this.#addGateway(new Construct(this, 'gateway'));
    if (edge.middlewares) this.#addMiddlewares();
    if (edge.tls.kind === 'issuer') this.#addCertificate(edge.tls);
    for (const service of plan.catalog)
      if (Object.keys(backendAnnotations(service, plan.environment)).length > 0) this.#addTransport(service.name);
  }

  #add(scope: Construct, id: string, { kind, name, spec }: { kind: keyof typeof APIS; name: string; spec: object }) {
    new ApiObject(scope, id, { apiVersion: APIS[kind], kind, metadata: { name, labels: this.#labels }, spec });
  }

  /** The Ingress's routes as Gateway API: a Gateway, an HTTPRoute to the services and, with TLS, one that redirects to it. */
  #addGateway(scope: Construct): void {
    const { environment, catalog, project } = this.#plan;
    const { edge } = environment;
    const names = this.#names;
    const encrypted = edge.tls.kind !== 'none';
    const route = (listener: string, rules: readonly object[]) => ({
      parentRefs: [{ name: names.route, sectionName: listener }],
      hostnames: [edge.host],
      rules,
    });
    const listeners = listenersOf(environment, certificateName(project));
    const spec = { gatewayClassName: edge.className, listeners };
    this.#add(scope, 'gateway', { kind: 'Gateway', name: names.route, spec });
    const rules = routesOf(catalog).map((one) => rule(one, environment));
    const main = route(encrypted ? 'https' : 'http', rules);
    this.#add(scope, 'route', { kind: 'HTTPRoute', name: names.route, spec: main });
    if (!encrypted) return;
    const redirect = { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } };
    const toHttps = route('http', [{ filters: [redirect] }]);
    this.#add(scope, 'redirect', { kind: 'HTTPRoute', name: names.redirect, spec: toHttps });
  }

  /** Traefik calls pods by address: the name that their certificate must have is said here. */
  #addTransport(serverName: string): void {
    const secret = certificateSecret(EDGE_CLIENT);
    const spec = { serverName, rootCAs: [{ secret }], certificatesSecrets: [secret] };
    this.#add(this, `${serverName}-transport`, { kind: 'ServersTransport', name: serverName, spec });
  }

  #addMiddlewares(): void {
    const { exposure, tls, rateLimit, trustedProxies } = this.#plan.environment.edge;
    const add = (name: string, spec: object) => this.#add(this, name, { kind: 'Middleware', name, spec });
    if (rateLimit !== null) {
      // By default a client is who opened the connection: behind a proxy, everybody.
      const sourceCriterion = { ipStrategy: { excludedIPs: trustedProxies } };
      add(this.#names.rateLimit, {
        rateLimit: { ...traefikRateLimit(rateLimit), ...(trustedProxies.length === 0 ? {} : { sourceCriterion }) },
      });
    }
    add(this.#names.securityHeaders, { headers: SECURITY_HEADERS });
    if (tls.kind !== 'none' && exposure === 'ingress')
      add(this.#names.redirectToHttps, { redirectScheme: { scheme: 'https', permanent: true } });
  }

  #addCertificate({ issuer, server }: Extract<Edge['tls'], { kind: 'issuer' }>): void {
    const { environment, project } = this.#plan;
    const { exposure, className, host } = environment.edge;
    const gateway = { kind: 'Gateway', name: this.#names.route, sectionName: 'http' };
    const http01 =
      exposure === 'gateway'
        ? { gatewayHTTPRoute: { parentRefs: [gateway] } }
        : { ingress: { ingressClassName: className } };
    const acme = {
      server,
      email: project.contact,
      privateKeySecretRef: { name: `${issuer}-account` },
      solvers: [{ http01 }],
    };
    this.#add(this, 'issuer', { kind: 'Issuer', name: issuer, spec: { acme } });
    const secretName = certificateName(project);
    const spec = {
      secretName,
      dnsNames: [host],
      issuerRef: { kind: 'Issuer', name: issuer },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    };
    this.#add(this, 'certificate', { kind: 'Certificate', name: secretName, spec });
  }
}

const APIS = {
  Gateway: 'gateway.networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  Middleware: 'traefik.io/v1alpha1',
  ServersTransport: 'traefik.io/v1alpha1',
  Issuer: 'cert-manager.io/v1',
  Certificate: 'cert-manager.io/v1',
} as const;

/** https://owasp.org/www-project-secure-headers/; the pages' own Content-Security-Policy comes from the application. */
const SECURITY_HEADERS = {
  stsSeconds: 31_536_000,
  stsIncludeSubdomains: true,
  contentTypeNosniff: true,
  frameDeny: true,
  referrerPolicy: 'strict-origin-when-cross-origin',
  permissionsPolicy: 'camera=(), geolocation=(), microphone=()',
};

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
