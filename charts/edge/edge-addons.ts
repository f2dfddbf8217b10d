import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { recommendedLabels } from '../constructs/labels.ts';
import type { Environment } from '../environments/environment.ts';
import { project } from '../project.ts';
import type { ServiceSpec } from '../services/service.ts';
import { GatewayRoute } from './gateway-route.ts';
import { EDGE } from './names.ts';

export interface EdgeAddonsProps {
  readonly environment: Environment;
  readonly catalog: readonly ServiceSpec[];
}

/** What the edge needs of Traefik and cert-manager: rate limit, security headers, redirect, certificate. */
export class EdgeAddons extends Construct {
  private readonly labels: Record<string, string>;

  constructor(scope: Construct, id: string, { environment, catalog }: EdgeAddonsProps) {
    super(scope, id);
    const { edge, namespace } = environment;
    this.labels = recommendedLabels({ name: EDGE.route, instance: namespace, component: 'edge' });
    if (edge.exposure === 'gateway') new GatewayRoute(this, 'gateway', { environment, catalog, labels: this.labels });
    if (edge.middlewares) this.addMiddlewares(environment);
    if (edge.tls.kind === 'issuer') this.addCertificate(environment, edge.tls);
  }

  private addMiddlewares({ edge }: Environment): void {
    const { rateLimit } = edge;
    if (rateLimit !== null) {
      this.middleware(EDGE.rateLimit, {
        rateLimit: { average: rateLimit.requestsPerMinute, period: '1m', burst: rateLimit.burst },
      });
    }
    this.middleware(EDGE.securityHeaders, { headers: SECURITY_HEADERS });
    if (edge.tls.kind !== 'none' && edge.exposure === 'ingress') {
      this.middleware(EDGE.redirectToHttps, { redirectScheme: { scheme: 'https', permanent: true } });
    }
  }

  private addCertificate({ edge }: Environment, tls: Extract<Environment['edge']['tls'], { kind: 'issuer' }>): void {
    const solver =
      edge.exposure === 'gateway'
        ? { http01: { gatewayHTTPRoute: { parentRefs: [{ kind: 'Gateway', name: EDGE.route, sectionName: 'http' }] } } }
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
      metadata: { name: EDGE.certificate, labels: this.labels },
      spec: {
        secretName: EDGE.certificate,
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
