import { Chart } from 'cdk8s';
import { k8s, type Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ADMIN_PATHS, PORTS } from '../app/contract.ts';
import { WORKLOAD } from '../guardrails/annotations.ts';
import { nameConstructs } from './construct-names.ts';
import { clusterScoped } from './constructs/cluster-scoped.ts';
import { recommendedLabels } from './constructs/labels.ts';
import { Microservice } from './constructs/microservice.ts';
import { PlatformNamespace } from './constructs/platform-namespace.ts';
import { TrafficPolicy } from './constructs/traffic-policy.ts';
import { demandsOf } from './demands.ts';
import { PublicEdge } from './edge/public-edge.ts';
import type { Environment } from './environments/environment.ts';
import { annotateForSync } from './gitops/sync-annotations.ts';
import { imageOf } from './image.ts';
import { foreignMetrics } from './monitoring/foreign-metrics.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { serviceMetrics } from './monitoring/sources/metric-lines.ts';
import { monitoringNamespaceOf } from './monitoring/watch.ts';
import { namespaceAnnotations } from './namespace-annotations.ts';
import { hasNodePort, serviceEgress, serviceIngress } from './network/service-traffic.ts';
import { redisClientCalls } from './redis/client-traffic.ts';
import { RedisStore } from './redis/redis-store.ts';
import { secretFilesOf } from './secrets/app-secrets.ts';
import { LiteralSecrets } from './secrets/literal-secrets.ts';
import { secretsOf } from './secrets/secrets-of.ts';
import { serviceEnv } from './service-env.ts';
import type { ServiceSpec } from './services/service.ts';
import { sizeOf } from './sizing.ts';

export interface EnvironmentChartProps {
  readonly environment: Environment;
  readonly catalog: readonly ServiceSpec[];
}

/**
 * One environment, in the order in which it applies in one pass: the namespace and its walls, secrets, the store,
 * the services, the edge, the monitoring. Built-in APIs only.
 */
export class EnvironmentChart extends Chart {
  private readonly environment: Environment;
  private readonly catalog: readonly ServiceSpec[];

  constructor(scope: Construct, id: string, { environment, catalog }: EnvironmentChartProps) {
    super(scope, id, { namespace: environment.namespace, disableResourceNameHashes: true });
    this.environment = environment;
    this.catalog = catalog;
    this.addFoundation();
    new RedisStore(this, 'redis', { environment, catalog });
    // A scope of their own: a service may be called like a part of the platform.
    const parent = new Construct(this, 'services');
    const services = new Map(catalog.map((service) => [service.name, this.addService(parent, service).service]));
    this.addEdge(services);
    this.addMonitoring();
    nameConstructs(this);
    annotateForSync(this);
  }

  private addFoundation(): void {
    const { environment } = this;
    const { namespace, secrets } = environment;
    const specs = secretsOf(environment, this.catalog);
    new PlatformNamespace(this, 'namespace', {
      name: namespace,
      annotations: {
        ...namespaceAnnotations(environment, namespace, specs),
        ...(environment.monitoring.kind === 'operator' ? foreignMetrics(environment, this.catalog) : {}),
      },
      demands: demandsOf(environment, this.catalog).filter((demand) => demand.namespace === namespace),
      nodePorts: environment.edge.nodePort === null ? 0 : 1,
    });
    if (environment.priority !== null) this.addPriorityClass(environment.priority);
    if (secrets.kind === 'literal') {
      new LiteralSecrets(this, 'secrets', { instance: namespace, specs, values: secrets.values });
    }
  }

  private addPriorityClass(value: number): void {
    const { namespace } = this.environment;
    clusterScoped(
      new k8s.KubePriorityClass(this, 'priority', {
        metadata: {
          name: namespace,
          labels: recommendedLabels({ name: namespace, instance: namespace, component: 'platform' }),
        },
        value,
        globalDefault: false,
        description: `Pods of ${namespace}: evicted after pods of a lower value`,
      }),
    );
  }

  private addService(parent: Construct, service: ServiceSpec): Microservice {
    const { environment, catalog } = this;
    const { name } = service;
    const instance = environment.namespace;
    const microservice = new Microservice(parent, name, {
      ...environment,
      ...service,
      instance,
      image: imageOf(environment.release),
      version: environment.release.tag,
      env: serviceEnv(service, environment),
      secretFiles: secretFilesOf(service, environment),
      size: sizeOf(service, environment),
      priorityClassName: environment.priority === null ? null : instance,
      nodePort: hasNodePort(service, environment) ? environment.edge.nodePort : null,
      tmpMiB: 64,
      annotations: workloadAnnotations(service, environment),
    });
    new TrafficPolicy(microservice, 'traffic', {
      name: `${name}-traffic`,
      labels: recommendedLabels({ name, instance, component: 'service' }),
      pods: microservice.pods,
      ingress: serviceIngress(service, catalog, environment),
      egress: serviceEgress(service, environment),
    });
    return microservice;
  }

  private addEdge(services: ReadonlyMap<string, Service>): void {
    const routes = this.catalog.flatMap((spec) => {
      const service = services.get(spec.name);
      return service === undefined ? [] : spec.publicPaths.map((path) => ({ path, service }));
    });
    new PublicEdge(this, 'edge', { environment: this.environment, routes });
  }

  private addMonitoring(): void {
    const { environment, catalog } = this;
    new Monitoring(this, 'monitoring', {
      environment,
      catalog,
      namespaceAnnotations: namespaceAnnotations(
        environment,
        monitoringNamespaceOf(environment),
        secretsOf(environment, catalog),
      ),
    });
  }
}

/** What the guardrails want to know of a service beyond the Kubernetes API. */
function workloadAnnotations(service: ServiceSpec, environment: Environment): Record<string, string> {
  const { stopping } = environment;
  const calls = service.calls.includes('redis') ? redisClientCalls(environment) : undefined;
  const stores = service.calls.filter((name) => name === 'redis');
  return {
    [WORKLOAD.drain]: `${stopping.shutdownSeconds}s`,
    [WORKLOAD.objectives]: objectivesText(service.objectives),
    [WORKLOAD.metrics]: serviceMetrics(service).join('\n'),
    [WORKLOAD.idleMemory]: `${service.measured.idleMemoryMiB}Mi`,
    [WORKLOAD.endpoints]: `${PORTS.admin}: ${Object.values(ADMIN_PATHS).join(' ')}`,
    ...(calls === undefined ? {} : { [WORKLOAD.connectsTo]: calls }),
    ...(stores.length === 0
      ? {}
      : { [WORKLOAD.stores]: stores.join(','), [WORKLOAD.poolSizes]: `redis=${service.redisConnections}` }),
  };
}

function objectivesText({ availabilityPercent, p95Seconds, p99Seconds }: ServiceSpec['objectives']): string {
  return `availability=${availabilityPercent}, p95=${p95Seconds}, p99=${p99Seconds}`;
}
