import type { Peer } from './peer.ts';

/** Requests a client address may make, as Traefik's RateLimit counts them. */
export interface RateLimit {
  readonly requestsPerMinute: number;
  /** Requests accepted at once above the average: one page and its assets must fit. */
  readonly burst: number;
}

/** Encryption at the edge: none, or a certificate that cert-manager obtains from an ACME issuer. */
export type Tls =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'issuer';
      readonly issuer: string;
      /** ACME directory URL. */
      readonly server: string;
    };

/** How requests come in from outside the cluster. */
export interface Edge {
  /** `ingress`: networking.k8s.io Ingress. `gateway`: Gateway API with the same routes. */
  readonly exposure: 'ingress' | 'gateway';
  /** Ports on which a Gateway listens; Traefik wants those of its entry points (8000 and 8443 in its Helm chart). */
  readonly listeners: { readonly http: number; readonly https: number };
  /** IngressClass or GatewayClass. */
  readonly className: string;
  readonly host: string;
  readonly tls: Tls;
  /** Null where clients are not limited. */
  readonly rateLimit: RateLimit | null;
  /** Whether Traefik's Middlewares of the addons are installed; an Ingress that names a missing one answers 404. */
  readonly middlewares: boolean;
  /** The pods of the ingress controller: the only ones outside that reach the services' HTTP port. */
  readonly controller: Peer;
  /** A port on every node that leads to the front; null where none is wanted. */
  readonly nodePort: number | null;
}
