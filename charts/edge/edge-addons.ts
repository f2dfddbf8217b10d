import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Environment } from '../plan/environment.ts';
import { certificateName } from '../plan/namespace.ts';
import type { Plan } from '../plan/part.ts';
import { GatewayRoute } from './gateway-route.ts';
import { edgeNames } from './routes.ts';

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
