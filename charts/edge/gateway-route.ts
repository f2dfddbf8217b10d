import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PORTS } from '../../app/contract.ts';
import type { Environment } from '../environments/environment.ts';
import type { ServiceSpec } from '../services/service.ts';
import { middlewaresOf } from './middlewares.ts';
import { EDGE } from './names.ts';

export interface GatewayRouteProps {
  readonly environment: Environment;
  readonly catalog: readonly ServiceSpec[];
  readonly labels: Readonly<Record<string, string>>;
}

const API_VERSION = 'gateway.networking.k8s.io/v1';

/** The Ingress's routes as Gateway API: a Gateway, an HTTPRoute to the services and, with TLS, one that redirects to it. */
export class GatewayRoute extends Construct {
  constructor(scope: Construct, id: string, { environment, catalog, labels }: GatewayRouteProps) {
    super(scope, id);
    const { edge } = environment;
    const encrypted = edge.tls.kind !== 'none';
    this.object('gateway', 'Gateway', EDGE.route, labels, {
      gatewayClassName: edge.className,
      listeners: listenersOf(environment),
    });
    this.object('route', 'HTTPRoute', EDGE.route, labels, {
      parentRefs: [{ name: EDGE.route, sectionName: encrypted ? 'https' : 'http' }],
      hostnames: [edge.host],
      rules: catalog.flatMap((service) => service.publicPaths.map((path) => rule(path, service, environment))),
    });
    if (encrypted) {
      this.object('redirect', 'HTTPRoute', EDGE.redirect, labels, {
        parentRefs: [{ name: EDGE.route, sectionName: 'http' }],
        hostnames: [edge.host],
        rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
      });
    }
  }

  private object(id: string, kind: string, name: string, labels: Readonly<Record<string, string>>, spec: object): void {
    new ApiObject(this, id, { apiVersion: API_VERSION, kind, metadata: { name, labels: { ...labels } }, spec });
  }
}

function listenersOf({ edge }: Environment): Record<string, unknown>[] {
  const shared = { hostname: edge.host, allowedRoutes: { namespaces: { from: 'Same' } } };
  const http = { ...shared, name: 'http', port: edge.listeners.http, protocol: 'HTTP' };
  if (edge.tls.kind === 'none') return [http];
  const tls = { mode: 'Terminate', certificateRefs: [{ name: EDGE.certificate }] };
  return [http, { ...shared, name: 'https', port: edge.listeners.https, protocol: 'HTTPS', tls }];
}

function rule(path: string, service: ServiceSpec, environment: Environment): Record<string, unknown> {
  const filters = middlewaresOf(environment).map((name) => ({
    type: 'ExtensionRef',
    extensionRef: { group: 'traefik.io', kind: 'Middleware', name },
  }));
  return {
    matches: [{ path: { type: 'PathPrefix', value: path } }],
    ...(filters.length === 0 ? {} : { filters }),
    backendRefs: [{ name: service.name, port: PORTS.service }],
  };
}
