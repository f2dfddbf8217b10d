import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DefinitionsService } from 'compose-spec-ts';
import type { Construct } from 'constructs';
import type { LabelOptions } from '../constructs/labels.ts';
import type { PodProps, SecretFiles } from '../constructs/pod.ts';
import type { Alert } from './alert.ts';
import type { Connection, Traffic, WorkloadEndpoint } from './connection.ts';
import type { Environment, Release } from './environment.ts';
import type { CertificateSpec } from './internal-tls.ts';
import type { ResourceDemand } from './resource-demand.ts';
import type { Objectives, ServiceSpec } from './service-spec.ts';
import type { WorkloadSize } from './sizing.ts';

/** Who owns the platform and where it lives: the one place to edit after a fork. */
export interface Project {
  /** Prefix of namespaces and value of `app.kubernetes.io/part-of`. */
  readonly name: string;
  readonly repository: string;
  /** The image of services that bring none of their own. */
  readonly image: string;
  readonly domain: string;
  readonly contact: string;
}

export interface PartContext {
  readonly project: Project;
  readonly environment: Environment;
  readonly catalog: readonly ServiceSpec[];
}

/** One key of a Secret: what it opens, for the person who must fill it. */
export interface SecretKey {
  readonly key: string;
  readonly description: string;
  /** May be missing: it is there only while a rotation goes on. @default - false */
  readonly optional?: boolean;
}

/** A Secret that the environment needs, by name and keys; its values come from the environment's choice of `secrets`. */
export interface SecretSpec {
  readonly name: string;
  /** @default - the environment's own namespace */
  readonly namespace?: string;
  readonly keys: readonly SecretKey[];
}

/** Something that services may connect to by name: a store, the trace collector. */
export interface Offer {
  readonly name: string;
  /** A store's loss must not restart its clients. @default - false */
  readonly isStore?: boolean;
  /** What a client is told of it on a laptop. @default - it does not run there */
  readonly compose?: {
    readonly env: Readonly<Record<string, string>>;
    /** What a client waits for, with Compose's condition. */
    readonly after: Readonly<Record<string, 'service_healthy' | 'service_completed_successfully'>>;
  };
  readonly connect: (client: ServiceSpec) => {
    readonly env: Readonly<Record<string, string>>;
    readonly to: readonly Omit<Connection, 'from'>[];
    readonly secrets: readonly SecretFiles[];
  };
}

/** Pods that show figures: the name they carry, the name of their port, and how many series one of them may show. */
export interface MetricsEndpoint {
  readonly workload: WorkloadEndpoint;
  readonly portName: string;
  readonly port: number;
  readonly path: string;
  /** What kind of thing it is: endpoints of one kind are scraped by one job. */
  readonly job: 'services' | 'redis' | 'monitoring' | 'kube-state-metrics' | (string & {});
}

/** A service of the Compose file, and the named volumes that it keeps. */
export interface ComposePiece {
  readonly name: string;
  readonly service: DefinitionsService;
  readonly volumes: readonly string[];
}

/**
 * A part of the platform in one environment: a service, the store, the edge, the monitoring, the secrets. All have this shape,
 * and a platform may bring others.
 */
export interface Part {
  readonly name: string;
  /** Whether it is a service of the catalog: those stand in a scope of their own, so that one may be called like any other part. @default - false */
  readonly isService?: boolean;
  /** What is wrong with it, as `what; what to do`. */
  readonly problems: readonly string[];
  readonly demands: readonly ResourceDemand[];
  readonly secrets: readonly SecretSpec[];
  /** Its certificates for TLS inside. @default - none */
  readonly certificates?: readonly CertificateSpec[];
  readonly offers: readonly Offer[];
  readonly metrics: readonly MetricsEndpoint[];
  /** Who speaks to whom on its account, given everything that the parts offer and show. */
  readonly connections: (joined: Joined) => readonly Connection[];
  /** What it brings to the monitoring. @default - nothing beyond what is made for every workload and metric */
  readonly monitoring?: PartMonitoring;
  /** Its objects of built-in APIs, in the order in which they apply. */
  readonly render: (scope: Construct, plan: Plan) => void;
  /** What of it runs on a laptop. @default - nothing */
  readonly compose?: (plan: Plan) => readonly ComposePiece[];
  /** What needs custom resource definitions. @default - nothing */
  readonly renderAddons?: (scope: Construct, plan: Plan) => void;
}

/** What a part brings to the monitoring: a group of alerts and a page, both called like the part, and graphs for the overview. */
export interface PartMonitoring {
  readonly alerts: (context: MonitoringContext) => readonly Alert[];
  readonly page: (context: MonitoringContext) => Dashboard;
  readonly overview: readonly Builder<Panel>[];
}

/** What a part may see of the others while connections are joined. */
export interface Joined {
  readonly offers: ReadonlyMap<string, Offer>;
  readonly metrics: readonly MetricsEndpoint[];
  readonly services: ReadonlyMap<string, ServiceSpec>;
}

/** A platform in one environment, joined once: constructs, Compose, diagrams, delivery and checks read it, and nothing joins it again. */
export interface Plan extends PartContext, Joined {
  readonly parts: readonly Part[];
  readonly demands: readonly ResourceDemand[];
  readonly secrets: readonly SecretSpec[];
  readonly certificates: readonly CertificateSpec[];
  readonly connections: readonly Connection[];
  readonly traffic: (workload: WorkloadEndpoint) => Traffic;
  /** Null where nobody watches. */
  readonly monitoring: MonitoringContext | null;
  readonly labels: (
    options: Omit<LabelOptions, 'partOf' | 'instance'> & { readonly namespace?: string },
  ) => Record<string, string>;
}

/** What rules, dashboards and runbooks need to know of one environment; nothing else reaches them. */
export interface MonitoringContext {
  readonly project: Project;
  readonly environment: string;
  readonly namespace: string;
  /** Where our own Prometheus lives; null where somebody else's watches. */
  readonly monitoringNamespace: string | null;
  readonly grafanaUrl: string;
  /** Where logs are read: the page of who keeps them, else the page that says which commands show them. */
  readonly logsUrl: string;
  readonly services: readonly WatchedService[];
  /** Whether cert-manager's certificates are watched. */
  readonly certificates: boolean;
  readonly metrics: readonly MetricsEndpoint[];
  readonly parts: readonly Part[];
}

export interface WatchedService {
  readonly name: string;
  readonly description: string;
  /** Null where it promises nothing. */
  readonly objectives: Objectives | null;
  readonly scraped: boolean;
  readonly size: WorkloadSize;
  /** What the autoscaler holds, in percent of the request; null where nothing scales. */
  readonly targets: { readonly cpuPercent: number; readonly memoryPercent: number | null } | null;
  readonly kind: 'deployment' | 'statefulset';
  /** Whether it shows a metric of this name: rules and panels are made for what there is. */
  readonly shows: (metric: string) => boolean;
}

/** Makes the parts of one kind in an environment; none where it has no use for them. */
export type PartFactory = (context: PartContext) => readonly Part[];

export const EMPTY_PART: Omit<Part, 'name'> = {
  problems: [],
  demands: [],
  secrets: [],
  offers: [],
  metrics: [],
  connections: () => [],
  render: () => {},
};

/** The whole platform as plain data: what it consists of, and where it runs. */
export interface Platform {
  readonly project: Project;
  readonly catalog: readonly ServiceSpec[];
  readonly environments: readonly Environment[];
  /** Beside one part for each service, in the order in which they apply. */
  readonly parts: readonly PartFactory[];
}

export type Manifest = Readonly<Record<string, unknown>>;

export interface ManifestFile {
  /** Relative to dist/, with forward slashes. */
  readonly path: string;
  readonly objects: readonly Manifest[];
}

/** By exact tag and, once one has been pushed, by digest: a digest cannot be moved under a running platform. */
export function releasedImage(image: string, { tag, digest }: Release): string {
  return digest === null ? `${image}:${tag}` : `${image}:${tag}@${digest}`;
}

/** What the environment chooses for every pod of it. */
export function podPolicy({ placement, images, priority, namespace }: Environment) {
  return { placement, images, priorityClassName: priority === null ? null : namespace } satisfies Partial<PodProps>;
}

/** A service's own image, or the platform's at the environment's release. */
export function imageOf(
  service: ServiceSpec,
  { project, environment }: Pick<PartContext, 'project' | 'environment'>,
): string {
  return service.image ?? releasedImage(project.image, environment.release);
}
