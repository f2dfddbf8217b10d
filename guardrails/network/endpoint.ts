import type { Labels } from '../selector.ts';
import type { Workload } from '../workload.ts';

/** Pods that policies cannot tell apart: those of one workload, or of somebody else outside what was given. */
export interface PodEndpoint {
  readonly kind: 'pod';
  /** As reports show it: `quotes-production/users`. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of its Namespace, `kubernetes.io/metadata.name` among them. */
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  /** Container ports that have a name, which policies may use. */
  readonly namedPorts: ReadonlyMap<string, TransportPort>;
  /** On the network of the host, where no policy applies. */
  readonly onHost: boolean;
  /** The workload among those given; absent for somebody else's pods. */
  readonly workload?: Workload;
}

/** An address outside the pods. */
export interface AddressEndpoint {
  readonly kind: 'address';
  readonly name: string;
  readonly ip: string;
}

export type Endpoint = PodEndpoint | AddressEndpoint;

export interface TransportPort {
  readonly protocol: string;
  readonly number: number;
}

/** The label that the API server gives every Namespace. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';
