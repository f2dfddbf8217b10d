import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, metadataOf } from './labels.ts';

export interface Route {
  readonly path: string;
  readonly service: string;
  readonly port: number;
}

export interface PublicRouteProps extends Identity {
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
      metadata: { ...metadataOf(props), annotations: { ...props.annotations } },
      spec: {
        ingressClassName: props.className,
        rules: [{ host: props.host, http: { paths } }],
        ...(props.tlsSecret === null ? {} : { tls: [{ hosts: [props.host], secretName: props.tlsSecret }] }),
      },
    });
  }
}
