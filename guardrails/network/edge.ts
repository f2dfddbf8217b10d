import type { Field } from '../field.ts';
import type { PodEndpoint, TransportPort } from './endpoint.ts';

/** A connection that the manifests say somebody opens. */
export interface Edge {
  readonly from: PodEndpoint;
  readonly to: PodEndpoint;
  /** One of these must be open; where the manifests name no port, any port of the Service will do. */
  readonly ports: readonly TransportPort[];
  /** Where it is declared. */
  readonly at: Field;
  /** How it is declared: `USERS_URL`, `Ingress`, `scrape`. */
  readonly by: string;
}
