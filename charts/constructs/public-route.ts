import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

export interface Route {
  readonly path: string;
  readonly service: string;
  readonly port: number;
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

export class PublicRoute extends Construct {
  constructor(scope: Construct, id: string, props: PublicRouteProps) {
    super(scope, id);
    const paths = props.routes.map(({ path, service, port }) => ({
      path,
      pathType: 'Prefix',
      backend: { service: { name: service, port: { number: port } } },
    }));
    new k8s.KubeIngress(this, 'ingress', {
      metadata: { name: props.name, labels: { ...props.labels }, annotations: { ...props.annotations } },
      spec: {
        ingressClassName: props.className,
        rules: [{ host: props.host, http: { paths } }],
        ...(props.tlsSecret === null ? {} : { tls: [{ hosts: [props.host], secretName: props.tlsSecret }] }),
      },
    });
  }
}
