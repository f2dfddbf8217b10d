import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, metadataOf } from './labels.ts';

/** Pods outside the environment's namespace that a policy admits or that we may call: a namespace and the labels of the pods in it. */
export interface Peer {
  /** Matched by `kubernetes.io/metadata.name`, which the API server sets itself. */
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

/** Addresses that no selector can name (API server, SMTP, a managed store): CIDR and TCP ports. */
export interface AddressRange {
  readonly cidr: string;
  readonly ports: readonly number[];
  /** Why the network is as wide as it is. @default - it is narrow */
  readonly because?: string;
}

/** Pods of the same namespace by label, pods of another namespace, or addresses that no selector can name. */
export type TrafficPeer =
  | { readonly kind: 'pods'; readonly labels: Readonly<Record<string, string>> }
  | ({ readonly kind: 'peer' } & Peer)
  | { readonly kind: 'addresses'; readonly cidr: string };

/** Traffic that is let through: TCP unless said otherwise, on the port of the pod (not of the Service). */
export interface TrafficRule {
  readonly peers: readonly TrafficPeer[];
  readonly ports: readonly number[];
  /** @default - TCP */
  readonly protocols?: readonly ('TCP' | 'UDP')[];
}

/** The name says what it allows, readable in `kubectl get networkpolicy`: `users-traffic`, `default-deny`. */
export interface TrafficPolicyProps extends Identity {
  /** The pods it is about; an empty object means all of the namespace. */
  readonly pods: Readonly<Record<string, string>>;
  /** What may come in. An empty list denies all; undefined leaves the direction alone. */
  readonly ingress?: readonly TrafficRule[];
  /** What may go out. An empty list denies all; undefined leaves the direction alone. */
  readonly egress?: readonly TrafficRule[];
}

/**
 * A NetworkPolicy from rules a person can read. Its type denies what no rule allows; an empty list of rules is left out,
 * because the API server drops it and every further `kubectl apply` would change the object.
 */
export class TrafficPolicy extends Construct {
  constructor(scope: Construct, id: string, props: TrafficPolicyProps) {
    super(scope, id);
    const { ingress, egress } = props;
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: metadataOf(props),
      spec: {
        podSelector: Object.keys(props.pods).length === 0 ? {} : { matchLabels: { ...props.pods } },
        policyTypes: [...(ingress === undefined ? [] : ['Ingress']), ...(egress === undefined ? [] : ['Egress'])],
        ...(ingress?.length
          ? { ingress: ingress.map((rule) => ({ from: rule.peers.map(peerOf), ports: portsOf(rule) })) }
          : {}),
        ...(egress?.length
          ? { egress: egress.map((rule) => ({ to: rule.peers.map(peerOf), ports: portsOf(rule) })) }
          : {}),
      },
    });
  }
}

/** Name look-ups at the cluster's DNS, over UDP and, for long answers, TCP. */
export const DNS: TrafficRule = {
  peers: [{ kind: 'peer', namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } }],
  ports: [53],
  protocols: ['UDP', 'TCP'],
};

function portsOf(rule: TrafficRule): k8s.NetworkPolicyPort[] {
  const protocols = rule.protocols ?? ['TCP'];
  return rule.ports.flatMap((port) =>
    protocols.map((protocol) => ({ port: k8s.IntOrString.fromNumber(port), protocol })),
  );
}

function peerOf(peer: TrafficPeer): k8s.NetworkPolicyPeer {
  switch (peer.kind) {
    case 'pods':
      return { podSelector: { matchLabels: { ...peer.labels } } };
    case 'peer':
      return {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
        podSelector: { matchLabels: { ...peer.podLabels } },
      };
    case 'addresses':
      return { ipBlock: { cidr: peer.cidr } };
  }
}
