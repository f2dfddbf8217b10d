import { HttpIngressPathType, Ingress, IngressBackend, Secret, type Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

/** One path prefix and the service that answers below it. */
export interface Route {
  readonly path: string;
  readonly service: Service;
}

export interface PublicRouteProps {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly className: string;
  readonly host: string;
  /** Secret with the certificate of the host; null for plain HTTP. */
  readonly tlsSecret: string | null;
  readonly routes: readonly Route[];
}

/** An Ingress that leads the paths of one host to their services. */
export class PublicRoute extends Construct {
  constructor(scope: Construct, id: string, props: PublicRouteProps) {
    super(scope, id);
    new Ingress(this, 'ingress', {
      metadata: { name: props.name, labels: { ...props.labels }, annotations: { ...props.annotations } },
      className: props.className,
      rules: props.routes.map(({ path, service }) => ({
        host: props.host,
        path,
        pathType: HttpIngressPathType.PREFIX,
        backend: IngressBackend.fromService(service),
      })),
      ...(props.tlsSecret === null
        ? {}
        : { tls: [{ hosts: [props.host], secret: Secret.fromSecretName(this, 'certificate', props.tlsSecret) }] }),
    });
  }
}
