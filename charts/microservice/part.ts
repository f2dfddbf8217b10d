import { k8s } from 'cdk8s-plus-28';
import { EXEMPTION_PREFIX, WORKLOAD } from '../../guardrails/annotations.ts';
import { type LabelOptions, selectorLabels, versionOf } from '../constructs/labels.ts';
import { groupBy, when } from '../constructs/lists.ts';
import { type Mount, type PodProps, scratch, secretMount, spreadOver } from '../constructs/pod.ts';
import { type MountedFiles, Workload, type WorkloadProps, type WorkloadService } from '../constructs/workload.ts';
import { backendAnnotations } from '../edge/public-edge.ts';
import type { WorkloadEndpoint } from '../plan/connection.ts';
import { type Environment, publicUrlOf } from '../plan/environment.ts';
import { certificateMount, speaksTls } from '../plan/internal-tls.ts';
import { computedProblems, ownEnvironment } from '../plan/own-environment.ts';
import {
  EMPTY_PART,
  imageOf,
  type MetricsEndpoint,
  type Part,
  type PartContext,
  type Plan,
  podPolicy,
} from '../plan/part.ts';
import {
  checkedPort,
  isSingleton,
  mainPortOf,
  namedConnections,
  SECRETS_DIR,
  type ServiceSpec,
} from '../plan/service-spec.ts';
import { serviceDemand, sizeOf, type WorkloadSize } from '../plan/sizing.ts';
import { linksOf, probesOf, secretFilesOf } from './links.ts';

/** Where a service stands, and what no catalog may ask for: the programs of the platform itself are described as services too. */
export interface Standing {
  readonly namespace: string;
  readonly component: LabelOptions['component'];
  /** What scrapes it. */
  readonly job: MetricsEndpoint['job'];
  /** Whether its Service has every port, not the first alone, and where it keeps a volume leads to its pods by name. @default - false */
  readonly opensAll?: boolean;
  /** Whether it reads the API server, and so gets the token of its ServiceAccount. @default - false */
  readonly readsApi?: boolean;
  /** Class of its volume. @default - the cluster's */
  readonly storageClass?: string | null;
  /** Files that it reads; made only when it is rendered. @default - none */
  readonly files?: (plan: Plan) => readonly MountedFiles[];
}

export function serviceParts(context: PartContext): Part[] {
  const { environment, catalog } = context;
  const standing = { namespace: environment.namespace, component: 'service', job: 'services' } as const;
  return catalog.map((service) => ({ ...servicePart(service, context, standing), isService: true }));
}

export function servicePart(service: ServiceSpec, { environment }: PartContext, standing: Standing): Part {
  const { name, secrets = [], metrics } = service;
  const { namespace, job } = standing;
  const workload: WorkloadEndpoint = { kind: 'workload', name, namespace };
  const metricsPort = metrics === undefined ? undefined : service.ports[metrics.port];
  return {
    ...EMPTY_PART,
    name,
    problems: computedProblems(service, environment).map((problem) => `${name}: ${problem}`),
    demands: [serviceDemand(service, environment, namespace)],
    secrets: secrets.map((use) => ({
      name: use.name,
      ...(namespace === environment.namespace ? {} : { namespace }),
      keys: use.keys.map(({ variable: _, ...key }) => key),
    })),
    metrics:
      metrics === undefined || metricsPort === undefined
        ? []
        : [{ workload, job, port: metricsPort, portName: metrics.port, path: metrics.path }],
    certificates: when(speaksTls(service, environment), {
      name,
      dnsNames: [name, `${name}.${namespace}`, `${name}.${namespace}.svc`],
    }),
    connections: (joined) => linksOf(service, environment, joined).flatMap((link) => link.connections),
    render: (scope, plan) => void new Workload(scope, name, workloadProps(service, plan, standing)),
  };
}

function workloadProps(service: ServiceSpec, plan: Plan, standing: Standing): WorkloadProps {
  const { environment } = plan;
  const { name, volume } = service;
  const { scaling, rollout, minAvailable, release } = environment;
  const { namespace, component, readsApi = false, storageClass = null } = standing;
  const size = sizeOf(service, environment);
  const version = service.image === undefined ? release.tag : versionOf(service.image);
  const traffic = plan.traffic({ kind: 'workload', name, namespace });
  const env = environmentOf(service, plan);
  return {
    name,
    namespace,
    labels: plan.labels({ name, namespace, component, version }),
    annotations: workloadAnnotations(service, plan, traffic.calls),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    files: standing.files?.(plan) ?? [],
    pod: { ...podOf(service, plan, size), readsApi },
    service: workloadService(service, environment, standing),
    controller:
      volume === undefined
        ? {
            kind: 'deployment',
            replicas: size.autoscaled ? null : size.minReplicas,
            surgePercent: isSingleton(service) ? null : rollout.surgePercent,
            minReadySeconds: rollout.minReadySeconds,
            progressDeadlineSeconds: rollout.progressDeadlineSeconds,
          }
        : { kind: 'statefulset', replicas: 1, claim: { sizeGi: volume.sizeGi, storageClass } },
    minAvailable: size.minReplicas > 1 ? minAvailable : null,
    autoscaler: size.autoscaled && scaling.kind === 'auto' ? { ...scaling, ...size, namespace } : null,
    traffic,
  };
}

function workloadService(service: ServiceSpec, environment: Environment, { opensAll = false }: Standing) {
  const main = mainPortOf(service);
  // A StatefulSet wants a Service by its name.
  if (main === null) return service.volume === undefined ? null : { ports: [], headless: true };
  const others = Object.entries(service.ports).flatMap(([name, number]) =>
    opensAll && name !== main.name ? [{ name, service: number, number }] : [],
  );
  return {
    // The name of a StatefulSet's pods needs a Service without an address of its own.
    headless: opensAll && service.volume !== undefined,
    ports: [main, ...others].map(
      (port): k8s.ServicePort => ({
        name: port.name,
        port: port.service,
        targetPort: k8s.IntOrString.fromNumber(port.number),
      }),
    ),
    nodePort: service.routes?.includes('/') === true ? environment.edge.nodePort : null,
    annotations: backendAnnotations(service, environment),
  } satisfies WorkloadService;
}

function podOf(service: ServiceSpec, plan: Plan, size: WorkloadSize): Omit<PodProps, 'account'> {
  const { environment } = plan;
  const { namespace } = environment;
  const { name, command, args, preStop, uid } = service;
  return {
    ...(uid === undefined ? {} : { uid }),
    graceSeconds: environment.stopping.graceSeconds,
    ...podPolicy(environment),
    apart: isSingleton(service) ? {} : spreadOver(selectorLabels(name, namespace), environment.spread),
    mounts: mountsOf(service, plan),
    containers: [
      {
        name,
        image: imageOf(service, plan),
        ports: service.ports,
        requests: size.requests,
        limits: size.limits,
        probes: probesOf(service),
        ...(command === undefined ? {} : { command }),
        ...(args === undefined ? {} : { args }),
        ...(preStop === undefined ? {} : { preStop }),
      },
    ],
  };
}

function mountsOf(service: ServiceSpec, plan: Plan): Mount[] {
  const files = secretFilesOf(service, plan);
  const others = [
    ...(service.volume === undefined ? [] : [{ name: 'data', path: service.volume.path, source: null }]),
    ...(files.length === 0 ? [] : [secretMount('secrets', service.secretsDir ?? SECRETS_DIR, files)]),
    ...(service.tlsDir !== undefined && speaksTls(service, plan.environment)
      ? [certificateMount(service.name, service.tlsDir)]
      : []),
  ];
  const taken = new Set(others.map(({ name }) => name));
  const folders = Object.entries(service.scratch ?? {}).map(([path, sizeMiB]) => {
    const words = (path.toLowerCase().match(/[a-z0-9]+/g) ?? []).join('-');
    let name = words;
    // `/a-b` and `/a/b` have the same words.
    for (let other = 2; taken.has(name); other += 1) name = `${words}-${other}`;
    taken.add(name);
    return scratch(name, path, `${sizeMiB}Mi`);
  });
  return [...folders, ...others];
}

/** The process environment of a service: its own, and one address for each declared connection. */
export function environmentOf(service: ServiceSpec, plan: Plan): Record<string, string> {
  const { environment } = plan;
  const links = linksOf(service, environment, plan);
  return {
    ...ownEnvironment(service, {
      environment,
      publicUrl: publicUrlOf(environment),
      secretsDir: secretFilesOf(service, plan).length > 0 ? (service.secretsDir ?? SECRETS_DIR) : null,
    }),
    ...Object.assign({}, ...links.map(({ env }) => env)),
  };
}

/** What the guardrails want to know of a service beyond the Kubernetes API. */
function workloadAnnotations(service: ServiceSpec, plan: Plan, calls: string): Record<string, string> {
  const { objectives: promised, metrics, measured, exemptions = {}, singleton } = service;
  const held = namedConnections(service).filter(({ to }) => plan.offers.has(to));
  const stores = held.map(({ to }) => to).filter((name) => plan.offers.get(name)?.isStore === true);
  const counted = held.flatMap(({ to, perPod }) => (perPod === undefined ? [] : [`${to}=${perPod}`]));
  const endpoints = endpointsOf(service);
  return {
    [WORKLOAD.drain]: `${plan.environment.stopping.shutdownSeconds}s`,
    ...(promised === undefined
      ? {}
      : {
          [WORKLOAD.objectives]: `availability=${promised.availabilityPercent}, p95=${promised.p95Seconds}, p99=${promised.p99Seconds}`,
        }),
    ...(metrics === undefined || metrics.lines.length === 0 ? {} : { [WORKLOAD.metrics]: metrics.lines.join('\n') }),
    ...(measured === undefined ? {} : { [WORKLOAD.idleMemory]: `${measured.idleMemoryMiB}Mi` }),
    ...(endpoints === '' ? {} : { [WORKLOAD.endpoints]: endpoints }),
    ...(calls === '' ? {} : { [WORKLOAD.connectsTo]: calls }),
    ...(stores.length === 0 ? {} : { [WORKLOAD.stores]: stores.join(',') }),
    ...(counted.length === 0 ? {} : { [WORKLOAD.poolSizes]: counted.join(', ') }),
    ...(isSingleton(service)
      ? { [WORKLOAD.acceptedOutage]: singleton ?? '5m: one pod holds its volume, and it moves with it' }
      : {}),
    ...Object.fromEntries(Object.entries(exemptions).map(([rule, reason]) => [`${EXEMPTION_PREFIX}${rule}`, reason])),
  };
}

/** What is known to answer, by port: metrics, probes, and what the specification lists. */
function endpointsOf(service: ServiceSpec): string {
  const { metrics, probes, paths = [], ports } = service;
  const checks = [probes?.live, probes?.ready].flatMap((check) => check ?? []);
  const answered = [
    ...(metrics === undefined ? [] : [{ port: ports[metrics.port], path: metrics.path }]),
    ...checks.flatMap((check) => ('http' in check ? [{ port: checkedPort(service, check), path: check.http }] : [])),
    ...paths.map((path) => ({ port: mainPortOf(service)?.number, path })),
  ].filter(({ port }) => port !== undefined);
  return [...groupBy(answered, ({ port }) => port)]
    .map(([port, found]) => `${port}: ${[...new Set(found.map(({ path }) => path))].join(' ')}`)
    .join('\n');
}
