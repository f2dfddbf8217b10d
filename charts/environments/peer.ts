/** Pods outside the environment's namespace that a policy admits or that we may call: a namespace and the labels of the pods in it. */
export interface Peer {
  /** Matched by `kubernetes.io/metadata.name`, which the API server sets itself. */
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Addresses that no selector can name (API server, SMTP, a managed Redis): CIDR and TCP ports. */
export interface AddressRange {
  readonly cidr: string;
  readonly ports: readonly number[];
}
