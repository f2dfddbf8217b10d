import { recommendedLabels } from '../constructs/labels.ts';
import { TrafficPlan } from './connection.ts';
import type { Environment } from './environment.ts';
import { monitoringContextOf } from './monitoring-context.ts';
import type { Joined, MetricsEndpoint, Plan, Platform, SecretSpec } from './part.ts';
import type { ServiceSpec } from './service-spec.ts';

/** Joins a platform and one of its environments; pure. */
export function plan(
  { project, catalog, parts: factories }: Omit<Platform, 'environments'>,
  environment: Environment,
): Plan {
  const context = { project, environment, catalog };
  const parts = factories.flatMap((factory) => factory(context));
  const metrics = parts.flatMap((part): readonly MetricsEndpoint[] => part.metrics);
  const offers = new Map(parts.flatMap((part) => part.offers).map((offer) => [offer.name, offer]));
  const services = new Map(catalog.map((service): [string, ServiceSpec] => [service.name, service]));
  const joined: Joined = { offers, metrics, services };
  const connections = parts.flatMap((part) => part.connections(joined));
  const traffic = new TrafficPlan(connections);
  return {
    ...context,
    ...joined,
    parts,
    demands: parts.flatMap((part) => part.demands),
    secrets: mergedSecrets(parts.flatMap((part) => part.secrets)),
    connections,
    traffic: (workload) => traffic.of(workload),
    monitoring: monitoringContextOf(context, parts),
    labels: ({ namespace = environment.namespace, ...options }) =>
      recommendedLabels({ ...options, instance: namespace, partOf: project.name }),
  };
}

/** Several services may read one Secret: it is made once, with every key that somebody reads. */
function mergedSecrets(specs: readonly SecretSpec[]): SecretSpec[] {
  const byName = new Map<string, SecretSpec>();
  for (const spec of specs) {
    const id = `${spec.namespace ?? ''}/${spec.name}`;
    const found = byName.get(id);
    const known = new Set(found?.keys.map(({ key }) => key));
    byName.set(id, { ...spec, keys: [...(found?.keys ?? []), ...spec.keys.filter(({ key }) => !known.has(key))] });
  }
  return [...byName.values()];
}

/** The plan of every environment, in the order of promotion. */
export function plansOf(platform: Platform): Plan[] {
  return platform.environments.map((environment) => plan(platform, environment));
}
