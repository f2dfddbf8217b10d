import { NAMESPACE, PROMISES } from '../../guardrails/annotations.ts';
import { when } from '../constructs/lists.ts';
import type { PlatformNamespaceProps } from '../constructs/platform-namespace.ts';
import { cpuText, memoryText } from '../constructs/quantity.ts';
import type { Peer } from '../constructs/traffic-policy.ts';
import type { Environment } from './environment.ts';
import { CERTIFICATE_KEYS, certificateSecret } from './internal-tls.ts';
import type { Plan } from './part.ts';
import { atPeak, type ResourceDemand, totalOf } from './resource-demand.ts';

/** One of an environment's namespaces: what the plan derives of it. */
export function namespaceProps(
  plan: Plan,
  name: string,
  annotations: Readonly<Record<string, string>> = {},
): PlatformNamespaceProps {
  const demands = plan.demands.filter(({ namespace }) => namespace === name);
  const own = name === plan.environment.namespace;
  return {
    name,
    labels: plan.labels({ name, component: 'platform', namespace: name }),
    annotations: { ...declarations(plan, name), ...annotations },
    quota: quotaOf(demands, own && plan.environment.edge.nodePort !== null ? 1 : 0),
    defaults: containerDefaults(demands),
    podMaximum: podMaximum(demands),
  };
}

/** The sum of everything that may run in it at the peak; load balancers are never among it. */
function quotaOf(demands: readonly ResourceDemand[], nodePorts: number): Record<string, string> {
  const total = totalOf(demands, atPeak);
  const list = (kind: 'requests' | 'limits') => ({
    [`${kind}.cpu`]: cpuText(total[kind].cpuMillis),
    [`${kind}.memory`]: memoryText(total[kind].memoryMiB),
    // Asked for by some and not by others, it could not be counted: a quota on it refuses pods that do not say.
    ...(demands.every((demand) => demand[kind].ephemeralMiB !== null)
      ? { [`${kind}.ephemeral-storage`]: memoryText(total[kind].ephemeralMiB) }
      : {}),
  });
  return {
    pods: String(total.pods),
    ...list('requests'),
    ...list('limits'),
    persistentvolumeclaims: String(total.claims),
    'requests.storage': `${total.storageGi}Gi`,
    'services.nodeports': String(nodePorts),
    'services.loadbalancers': '0',
  };
}

/** For containers that do not say: a debug container, the certificate solver. Small, so that they fit beside everything else. */
function containerDefaults(demands: readonly ResourceDemand[]): PlatformNamespaceProps['defaults'] {
  const disk = demands.every((demand) => demand.limits.ephemeralMiB !== null);
  const list = (cpu: string, memory: string, ephemeral: string) => ({
    cpu,
    memory,
    ...(disk ? { 'ephemeral-storage': ephemeral } : {}),
  });
  return { requests: list('10m', '64Mi', '64Mi'), limits: list('100m', '128Mi', '128Mi') };
}

/** No pod larger than the largest that is planned. */
function podMaximum(demands: readonly ResourceDemand[]): Record<string, string> {
  const most = (key: 'cpuMillis' | 'memoryMiB') => Math.max(...demands.map((demand) => demand.limits[key]));
  return { cpu: cpuText(most('cpuMillis')), memory: memoryText(most('memoryMiB')) };
}

/** What an environment has and promises, in the words that the guardrails read on each of its namespaces. */
function declarations(plan: Plan, name: string): Record<string, string> {
  const { environment } = plan;
  const { budget, edge } = environment;
  const own = name === environment.namespace;
  const provided = providedObjects(plan, name);
  return {
    [NAMESPACE.environment]: environment.name,
    [NAMESPACE.budgetNodes]: String(budget.nodes),
    [NAMESPACE.budgetCpu]: cpuText(budget.cpuMillisPerNode),
    [NAMESPACE.budgetMemory]: memoryText(budget.memoryMiBPerNode),
    [NAMESPACE.budgetEphemeralStorage]: memoryText(budget.ephemeralMiBPerNode),
    [NAMESPACE.budgetPods]: String(budget.podsPerNode),
    [NAMESPACE.budgetStorage]: `${budget.storageGi}Gi`,
    [NAMESPACE.promises]: promisesOf(environment).join(','),
    ...(edge.nodePort === null || !own ? {} : { [NAMESPACE.exposes]: 'NodePort' }),
    ...(own ? { [NAMESPACE.ingressController]: peerText(edge.controller) } : {}),
    ...(provided.length === 0 ? {} : { [NAMESPACE.provided]: provided.join('\n') }),
  };
}

/** `traefik: app.kubernetes.io/name=traefik`. */
function peerText({ namespace, podLabels }: Peer): string {
  const pairs = Object.entries(podLabels).map(([label, value]) => `${label}=${value}`);
  return `${namespace}: ${pairs.join(', ')}`;
}

function promisesOf({ scaling, edge, secrets, monitoring }: Environment): string[] {
  return [
    PROMISES.isolation,
    PROMISES.podSecurity,
    PROMISES.oldestKubernetes,
    ...when(scaling.kind === 'auto' && scaling.minReplicas > 1, PROMISES.availability),
    ...when(edge.tls.kind !== 'none', PROMISES.tls),
    ...when(secrets.kind === 'external', PROMISES.managedSecrets, PROMISES.digests),
    ...when(monitoring.kind !== 'off', PROMISES.monitoring),
  ];
}

/** Objects that somebody else makes: the secret operator (or a person) the secrets, cert-manager the certificate. */
function providedObjects({ environment, secrets, certificates, project }: Plan, name: string): string[] {
  const own = name === environment.namespace;
  const specs = secrets.filter((secret) => (secret.namespace ?? environment.namespace) === name);
  const filled = specs.map((spec) => `Secret/${spec.name}: ${spec.keys.map(({ key }) => key).join(', ')}`);
  const issued = certificates.map((one) => `Secret/${certificateSecret(one.name)}: ${CERTIFICATE_KEYS.join(', ')}`);
  return [
    ...when(environment.secrets.kind === 'external', ...filled),
    ...when(own && environment.edge.tls.kind !== 'none', `Secret/${certificateName(project)}: tls.crt, tls.key`),
    ...(environment.images?.pullSecrets ?? []).map((secret) => `Secret/${secret}: .dockerconfigjson`),
    ...when(own, ...issued),
  ];
}

export function certificateName({ name }: Plan['project']): string {
  return `${name}-tls`;
}
