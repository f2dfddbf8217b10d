import { NAMESPACE } from '../annotations.ts';
import { oncePerPlatform } from '../memo.ts';
import type { Platform } from '../platform.ts';
import type { Labels } from '../selector.ts';
import type { Workload } from '../workload.ts';
import { NAMESPACE_NAME, type PodEndpoint, type TransportPort } from './endpoint.ts';
import { Network } from './network.ts';
import { readPolicy } from './policy.ts';

/** The pods and policies of a platform. */
export const networkOf = oncePerPlatform((platform) => {
  const pods = platform.workloads.map((workload) => toPod(platform, workload));
  return new Network(
    pods,
    platform
      .ofKind('NetworkPolicy')
      .filter(({ group }) => group === 'networking.k8s.io')
      .map(readPolicy),
  );
});

/** The pods of a workload, as policies see them. */
export function podOf(platform: Platform, workload: Workload): PodEndpoint | undefined {
  return byWorkload(platform).get(workload);
}

const byWorkload = oncePerPlatform(
  (platform) => new Map(networkOf(platform).pods.map((pod) => [pod.workload, pod] as const)),
);

function toPod(platform: Platform, workload: Workload): PodEndpoint {
  const ports = workload.running.flatMap((container) => container.ports);
  const named = ports.flatMap(({ name, number, protocol }) =>
    name === undefined || number === undefined ? [] : [[name, { number, protocol }] as const],
  );
  return {
    kind: 'pod',
    name: `${workload.namespace}/${workload.name}`,
    namespace: workload.namespace,
    namespaceLabels: namespaceLabels(platform, workload.namespace),
    labels: workload.labels,
    namedPorts: new Map<string, TransportPort>(named),
    onHost: workload.pod.at('hostNetwork').flag === true,
    workload,
  };
}

function namespaceLabels(platform: Platform, namespace: string): Labels {
  return { ...platform.find('Namespace', '', namespace)?.labels, [NAMESPACE_NAME]: namespace };
}

/** Pods of somebody else, by the namespace and the labels that they are known by. */
export function foreignPod(platform: Platform, namespace: string, labels: Labels): PodEndpoint {
  return {
    kind: 'pod',
    name: `${namespace}/${Object.values(labels).join('+') || '*'}`,
    namespace,
    namespaceLabels: namespaceLabels(platform, namespace),
    labels,
    namedPorts: new Map(),
    onHost: false,
  };
}

/** The cluster's DNS, as every distribution labels it. */
export function clusterDns(platform: Platform): PodEndpoint {
  return foreignPod(platform, 'kube-system', { 'k8s-app': 'kube-dns' });
}

/** The pods that bring requests to the routes of a namespace, where its Namespace names them. */
export function edgeController(platform: Platform, namespace: string): PodEndpoint | undefined {
  const declared = platform.find('Namespace', '', namespace)?.annotations[NAMESPACE.ingressController];
  const [where, labels] = (declared ?? '').split(/:(.*)/s).map((part) => part.trim());
  if (!where || labels === undefined) return undefined;
  const pairs = labels.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  return foreignPod(platform, where, Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value])));
}
