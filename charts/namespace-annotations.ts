import { NAMESPACE, PROMISES } from '../guardrails/annotations.ts';
import { cpuText, memoryText } from './constructs/quantity.ts';
import { EDGE } from './edge/names.ts';
import type { Environment } from './environments/environment.ts';
import type { Peer } from './environments/peer.ts';
import type { SecretSpec } from './secrets/secret-spec.ts';

/** What an environment has and promises, in the words that the guardrails read on each of its namespaces. */
export function namespaceAnnotations(
  environment: Environment,
  namespace: string,
  secrets: readonly SecretSpec[],
): Record<string, string> {
  const { budget, edge } = environment;
  const promises = promisesOf(environment);
  const own = namespace === environment.namespace;
  const provided = providedObjects(
    environment,
    secrets.filter((secret) => (secret.namespace ?? environment.namespace) === namespace),
    own,
  );
  return {
    [NAMESPACE.environment]: environment.name,
    [NAMESPACE.budgetNodes]: String(budget.nodes),
    [NAMESPACE.budgetCpu]: cpuText(budget.cpuMillisPerNode),
    [NAMESPACE.budgetMemory]: memoryText(budget.memoryMiBPerNode),
    [NAMESPACE.budgetEphemeralStorage]: memoryText(budget.ephemeralMiBPerNode),
    [NAMESPACE.budgetPods]: String(budget.podsPerNode),
    [NAMESPACE.budgetStorage]: `${budget.storageGi}Gi`,
    [NAMESPACE.promises]: promises.join(','),
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
    ...(scaling.kind === 'auto' && scaling.floor > 1 ? [PROMISES.availability] : []),
    ...(edge.tls.kind === 'none' ? [] : [PROMISES.tls]),
    ...(secrets.kind === 'external' ? [PROMISES.managedSecrets, PROMISES.digests] : []),
    ...(monitoring.kind === 'off' ? [] : [PROMISES.monitoring]),
  ];
}

/** Objects that somebody else makes: the secret operator (or a person) the secrets, cert-manager the certificate. */
function providedObjects({ secrets, edge }: Environment, specs: readonly SecretSpec[], certificate: boolean): string[] {
  return [
    ...(secrets.kind === 'external'
      ? specs.map(({ name, keys }) => `Secret/${name}: ${keys.map(({ key }) => key).join(', ')}`)
      : []),
    ...(edge.tls.kind === 'none' || !certificate ? [] : [`Secret/${EDGE.certificate}: tls.crt, tls.key`]),
  ];
}
