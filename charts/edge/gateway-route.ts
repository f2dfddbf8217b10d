import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Route } from '../constructs/public-route.ts';
import type { Environment } from '../plan/environment.ts';
import { certificateName } from '../plan/namespace.ts';
import type { Plan } from '../plan/part.ts';
import { edgeNames, middlewaresOf, routesOf } from './routes.ts';

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
